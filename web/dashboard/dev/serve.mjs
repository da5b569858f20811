// A stand-in for the whole server, for work on the page alone: `node dev/serve.mjs [basePort] [pagePort]`.
// It serves `dist/` under the real content security policy, a sign-in that lets everybody in, the files API and the
// few Cognito operations the page uses. Nothing here is verified; tests of behaviour run against the real binary
// (tests/browser). `POST /_mock {"fail":"list"|"upload"|"cognito"|"","slow":ms,"empty":bool,"expire":bool}` sets the scene.
import { createServer } from 'node:http';
import { answerBase, scene } from './fake-aws.mjs';
import { answerPage } from './page.mjs';

const basePort = Number(process.argv[2] ?? 4566);
const pagePort = Number(process.argv[3] ?? 4567);
const site = { base: `http://localhost:${basePort}`, page: `http://localhost:${pagePort}`, basePort };

createServer((request, response) => guard(response, answerBase(site, request, response))).listen(basePort, '127.0.0.1');
createServer((request, response) => guard(response, answerPage(site, request, response))).listen(pagePort, '127.0.0.1');
console.log(`page ${site.page}  base ${site.base}  scene ${JSON.stringify(scene)}`);

function guard(response, work) {
  work.catch((error) => {
    console.error(error);
    response.writeHead(500).end('{"message":"mock failed"}');
  });
}
