---@meta _
-- Words of other Luas, languages and servers, and what to say to somebody who writes one. A comment declares nothing: an
-- editor does not offer them.
--
-- `@absent OWNER NAME...` names what is not there; `*` stands for all that the owner does not have. Of the words that fit,
-- the longest counts: `ngx.req` goes before `ngx` for `ngx.req.get_headers`. `@refused` names what is there to be taken, and
-- fails when it is called. `@probed` stands below names that libraries ask for to learn where they are.

-- What Lua has elsewhere.

--- the library of bits is `bit`
---@absent _G bit32
---@probed

--- of `debug` there are `traceback`, `getinfo` and `getmetatable`
---@absent debug *

--- the program's files are bundled in the build: use `require "name"`
---@absent _G dofile loadfile
---@probed

--- programs cannot reach memory or C libraries
---@absent _G ffi
---@absent package loadlib
---@absent require ffi
---@probed

--- of `io` there are `open`, `lines`, `read`, `write` and the others of Lua 5.1, below the folders of the option `files`
---@absent io *

--- write `rover.fs.remove(path)`
---@absent os remove

--- write `rover.fs.rename(from, to)`
---@absent os rename

--- write `io.tmpfile()`, which opens one
---@absent os tmpname

--- it is written in C, which programs cannot load: files are `rover.fs` and `io`
---@absent require lfs posix luv uv

--- a program cannot start another one: do that in Rust, beside the server, or in a service
---@absent io popen
---@absent os execute

--- a server has no standard input: a request's body is `ctx:body()`
---@refused io stdin

--- write to the log: `print(message)`, `rover.log.error(message)`
---@refused io stdout stderr
---@absent _G console
---@absent ngx log

--- write `math.floor(x)`
---@absent math ifloor

--- write `math.floor(x + 0.5)`
---@absent math round

--- numbers have one kind in Lua 5.1: `x % 1 == 0` asks for an integer
---@absent math type tointeger

--- a module ends with `return`, and is loaded with `require "name"`
---@absent _G module
---@probed

--- a module ends with `return`, and is loaded with `require "name"`
---@absent _G exports

--- a server runs until it is told to stop: `return` ends a request, `error("why")` at the top level the start
---@absent os exit

--- texts and numbers are the same in every locale here
---@absent os setlocale

--- bytecode cannot be made or loaded
---@absent string dump

--- Lua's strings have `find`, `match`, `gmatch`, `gsub` and `sub`
---@absent string split trim startswith starts_with contains replace

--- it is a library of Lua 5.3; this is Lua 5.1, where texts are bytes
---@absent _G utf8
---@probed

--- A name of another Lua or of a place where Lua runs.
---@elsewhere _G arg box fengari js kong love lpeg minetest mp newproxy redis vim warn

--- A name that other versions of Lua have.
---@elsewhere math mod
---@elsewhere package searchers
---@elsewhere string gfind
---@elsewhere table setn

-- Other languages' words.

--- nothing is `nil` in Lua, and `null` in JSON is `rover.null`
---@absent _G null NULL None undefined Nil nill

--- `self` is there in functions that are defined with a colon: `function name:method()`
---@absent _G this self

--- JSON is built in: `rover.json.encode(value)` and `rover.json.decode(text)`; a table that a handler returns is JSON
---@absent _G JSON json
---@absent require cjson dkjson json lunajson rapidjson rxi.json

--- JSON is built in: `rover.json.encode(value)` and `rover.json.decode(text)`; a table that a handler returns is JSON
---@absent _G cjson
---@probed

-- Other servers' words.

--- a server is made first: `local NAME = rover.server {}`
---@in_module a module does not see the manifest's locals: write `return function(NAME) ... end` around its routes, and `require "module" (NAME)` in the manifest
---@absent _G app router server api application routes

--- a server is made with `rover.server {}`
---@absent _G express lapis Flask flask fastify

--- the request is the handler's parameter: `function api.users.p_id.get(ctx) ... end`
---@absent _G req request

--- a handler returns its answer: a table, a text, or `api.json(...)`, `api.text(...)`, `api.html(...)`
---@absent _G res response
---@absent rover.Server send render write respond say html_file

--- it is OpenResty's: here a request is `ctx`, and the answer is what a handler returns
---@absent _G ngx
---@absent require resty ngx
---@probed

--- values of a request: `ctx:set(key, value)`, `ctx:get(key)`
---@absent ngx ctx

--- return the answer: `return api.error(status, message)`
---@absent ngx exit

--- `return api.text(text):header(name, value)`
---@absent ngx header

--- it is `rover.null`
---@absent ngx null

--- return the text: `return text`
---@absent ngx print say

--- `return api.redirect(url)`
---@absent ngx redirect

--- the request is `ctx`: `ctx:body()`, `ctx:headers()`, `ctx:query()`
---@absent ngx req

--- `return api.text:status(code, text)`
---@absent ngx status

--- the request is `ctx`: `ctx.path`, `ctx.method`, `ctx.client_ip`
---@absent ngx var

--- the server starts by itself when the program runs; its port is an option: `rover.server { port = 8080 }`
---@absent rover.Server listen run start serve bind

--- there are no middlewares in this version: call a function of yours in the handlers
---@absent rover.Server use before before_filter middleware after

--- a route is a function in its path's place: `function api.users.p_id.get(ctx) ... end`
---@absent rover.Server route match all any add_route handle ws sse websocket
---@absent require lapis sailor turbo pegasus orbit milua lor

--- options are given where the server is made: `rover.server { port = 8080 }`
---@absent rover.Server set configure enable

-- Words that `rover` has elsewhere.

--- random bytes are `rover.crypto.random(n)`; a number that need not be secret is `math.random(n)`
---@absent rover random

--- state that all workers have in common is `rover.shared "name"`
---@absent rover state

--- write `rover.crypto.uuid()`
---@absent rover uuid

--- write `rover.crypto.hmac("sha256", key, text)`
---@absent rover hmac

-- Modules of LuaRocks.

--- requests to other servers are `rover.http.get(url)` and the like
---@absent require socket ssl http.request requests luasocket

--- it is written in C, which programs cannot load: use Lua's patterns, or a module in plain Lua
---@absent require lpeg rex_pcre rex_pcre2 lpeglabel

--- there are no databases in this version
---@absent require luasql pgmoon lsqlite3 lsqlite3complete redis mongo mongorover

--- templates are built in: `api.html(data) [[ ... {{ name }} ... ]]`; or put the module's file beside the manifest
---@absent require etlua mustache lustache

--- it is written in C, which programs cannot load: hashes and encryption are `rover.crypto`, hashes of passwords `rover.password`
---@absent require openssl bcrypt argon2 luaossl md5 sha1 lsha2 sodium

--- tokens are `rover.jwt.sign(claims, key)` and `rover.jwt.verify(token, key)`
---@absent require jwt luajwt luajwtjitsi

--- it is written in C, which programs cannot load: use a module in plain Lua, beside the manifest
---@absent require zlib lua-zlib brotli struct cmsgpack yaml lyaml

--- put the module's files beside the manifest: modules of LuaRocks are not looked for
---@absent require pl inspect middleclass classic lume penlight luaunit busted date

--- write `rover.crypto.uuid()`
---@absent require uuid

--- it is built in: `rover.base64.encode(text)` and `rover.base64.decode(text)`
---@absent require base64 mime
