// A function for any trigger: notes each event and does what the script for its source says.
import fs from "node:fs";

const folder = process.env.SCRIPTS;

export const handler = async (event) => {
  fs.appendFileSync(`${folder}/log`, JSON.stringify(event) + "\n");
  const script = `${folder}/${event.triggerSource}`;
  const todo = fs.existsSync(script) ? JSON.parse(fs.readFileSync(script, "utf8")) : {};
  if ("sleep" in todo) await new Promise((done) => setTimeout(done, todo.sleep * 1000));
  if ("exit" in todo) process.exit(todo.exit);
  if ("raise" in todo) throw new Error(todo.raise);
  if ("answer" in todo) return todo.answer;
  return { ...event, response: todo.response ?? event.response };
};
