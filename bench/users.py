"""Pools of many users: whether what one person does, and what an administrator sees, costs the same in a pool of a thousand and of a million."""

import contextlib
import json
import shutil
import sqlite3

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cases import JsonCase, Target
from peers import KEY, SECRET, WORK, cognate, free_port
from scene import PASSWORD, Pool

PAGE = 60  # the most that ListUsers and ListUsersInGroup give
SIGNING_IN = 500  # people of the crowd who sign in


def crowd(database, users):
    """Copies of a user, straight into the tables of a stopped server, all with the one password hash: signing up so many would hash for hours."""
    with contextlib.closing(sqlite3.connect(database)) as db, db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(users)") if row[1] != "seq"]
        own = {
            "sub": "printf('%08x-0000-4000-8000-%012x', n, n)",
            "username": "printf('copy%07d', n)",
            "email": "printf('copy%07d@example.com', n)",
        }
        own["doc"] = f"json_set(u.doc, '$.sub', {own['sub']}, '$.username', {own['username']}, '$.username_folded', {own['username']}, '$.attributes.email', {own['email']})"
        chosen = ", ".join(own.get(column, f"u.{column}") for column in columns)
        numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {users})"
        db.execute(f"{numbers} INSERT INTO users ({', '.join(columns)}) SELECT {chosen} FROM numbers, (SELECT * FROM users LIMIT 1) u")
        for kind in ("username", "sub"):
            db.execute(f"INSERT INTO user_names (pool, value, kind, user) SELECT pool, {kind}, '{kind}', seq FROM users WHERE username LIKE 'copy%'")
        db.execute("INSERT INTO group_members (pool, group_name, sub) SELECT u.pool, g.name, u.sub FROM users u JOIN user_groups g USING (pool) WHERE u.username LIKE 'copy%'")


# Title -> operation and its input, made for a pool; None is a sign-in.
CASES = {
    "password sign-in": None,
    "ListUsers, first page": lambda pool: ("ListUsers", {}),
    "ListUsers, last page": lambda pool: ("ListUsers", {"PaginationToken": pool.last("ListUsers", "PaginationToken")}),
    'ListUsers, username = "..." (the last)': lambda pool: ("ListUsers", {"Filter": f'username = "{pool.names[-1]}"'}),
    'ListUsers, email ^= "..." (10 of the first)': lambda pool: ("ListUsers", {"Filter": 'email ^= "copy000001"'}),
    'ListUsers, email ^= "..." (10 of the last)': lambda pool: ("ListUsers", {"Filter": f'email ^= "copy{(pool.count - 10) // 10:06}"'}),
    'ListUsers, sub = "..."': lambda pool: ("ListUsers", {"Filter": f'sub = "{pool.count:08x}-0000-4000-8000-{pool.count:012x}"'}),
    'ListUsers, status = "Enabled"': lambda pool: ("ListUsers", {"Filter": 'status = "Enabled"'}),
    "ListUsersInGroup, first page": lambda pool: ("ListUsersInGroup", {"GroupName": "everyone"}),
    "ListUsersInGroup, last page": lambda pool: ("ListUsersInGroup", {"GroupName": "everyone", "NextToken": pool.last("ListUsersInGroup", "NextToken")}),
}


class Crowded:
    """A server whose pool has `count` copies of one user; it runs until the stack ends."""

    def __init__(self, stack, name, count):
        self.name, self.count = name, count
        folder = WORK / f"users-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        server = cognate(free_port(), folder)
        print(f"making a pool of {count:,} users", flush=True)
        with server:
            self.pool = Pool(name, server.port, users=1)
            self.pool.idp.create_group(UserPoolId=self.pool.id, GroupName="everyone")
        database = folder / "data" / "cognate.db"
        crowd(database, count)
        self.megabytes = database.stat().st_size / 1e6
        stack.enter_context(server)
        self.target = Target(name, server, server.port, f"localhost:{server.port}")
        self.names = [f"copy{n:07}" for n in range(1, count + 1)]
        self.ends = {}
        lines = [self.pool.initiate("USER_PASSWORD_AUTH", USERNAME=self.names[n * count // SIGNING_IN % count], PASSWORD=PASSWORD) for n in range(SIGNING_IN)]
        self.passwords = self.pool.file("passwords", lines)

    def run(self, title, seconds):
        make = CASES[title]
        if make is None:
            case, extra = JsonCase("InitiateAuth", self.passwords, "IdToken", connections=4), []
        else:
            operation, given = make(self)
            body = json.dumps(given | {"UserPoolId": self.pool.id})
            lines = self.pool.file("list", [body])
            case, extra = JsonCase(operation, lines, '"Username"', connections=4), self.signed(operation, body)
        return self.target.http(*case.arguments(), *extra, "--warm", 64, "--seconds", seconds)

    def signed(self, operation, body):
        """The headers of one signature, good for the quarter of an hour."""
        headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        request = AWSRequest("POST", f"http://{self.target.host}/", headers=headers, data=body)
        SigV4Auth(Credentials(KEY, SECRET), "cognito-idp", "us-east-1").add_auth(request)
        return [word for name in ("Authorization", "X-Amz-Date") for word in ("--header", f"{name}: {request.headers[name]}")]

    def last(self, operation, token):
        """The token of the last page: found once by walking the whole list, which must hold every user exactly once."""
        if operation not in self.ends:
            self.ends[operation] = self.walk(operation, token)
        return self.ends[operation]

    def walk(self, operation, token):
        call = {"ListUsers": self.pool.idp.list_users, "ListUsersInGroup": self.pool.idp.list_users_in_group}[operation]
        given = {"UserPoolId": self.pool.id, "Limit": PAGE} | ({"GroupName": "everyone"} if operation == "ListUsersInGroup" else {})
        names, seen, at = set(), 0, None
        while True:
            page = call(**given, **({token: at} if at else {}))
            names.update(user["Username"] for user in page["Users"])
            seen += len(page["Users"])
            if token not in page:
                break
            at = page[token]
        missing = set(self.names) - names
        if missing or seen != len(names):
            raise SystemExit(f"{operation} of {self.count:,} users left out {len(missing)} ({sorted(missing)[:3]}) and gave {seen - len(names)} twice")
        return at
