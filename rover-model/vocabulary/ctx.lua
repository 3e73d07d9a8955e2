---@meta _
-- The request: what a handler is given.

--- The request that a handler answers; it ends with the request.
---@class rover.Ctx
--- The request's method.
---@reads head
---@also verb
---@field method string
--- The path as it came, without the query.
---@reads head
---@also uri
---@field path string
--- The address of the client: of the peer, or the one that `trusted_proxies` say.
---@also ip remote_addr
---@field client_ip string
--- The host that the client asked for, in lower case, with the port where it is not the scheme's own; empty where it named none.
---@reads headers
---@also hostname authority
---@field host string
--- How the client asked: `"http"`, or `"https"` where `trusted_proxies` say so.
---@reads headers
---@also protocol proto
---@field scheme string
--- The URL that the client asked for: scheme, host, path and query; from the path on where it named no host.
---@reads headers
---@also href full_url original_url
---@field url string
--- The client's `x-request-id`, of at most 128 printable characters, or one of the server's.
---@reads headers
---@field request_id string
local Ctx = {}

--- The path's parameters, percent-decoded: `ctx:params().id` for `p_id`.
---@reads params
---@also path_params
---@return rover.Params
function Ctx:params() end

--- The query's values by name, the last of repeated ones.
---@reads query
---@also args query_params
---@return rover.Query
function Ctx:query() end

--- All values of one name of the query.
---@reads query
---@param name string
---@return string[]
function Ctx:query_all(name) end

--- The headers by any spelling of their names, repeated ones joined.
---@reads headers
---@return table<string, string>
function Ctx:headers() end

--- All values of one header.
---@reads headers
---@param name string
---@return string[]
function Ctx:header_all(name) end

--- The cookies by name, percent-decoded; of two with one name the first counts.
---@reads cookies
---@return table<string, string>
function Ctx:cookies() end

--- The body, or `nil` where there is none; `tostring`, `#`, `..` and JSON take it as a text.
---@reads body
---@return rover.Body?
function Ctx:body() end

--- The data of this client, from one request to the next; it needs the option `sessions`.
---@reads cookies
---@state sessions
---@return rover.Session
function Ctx:session() end

--- The token that `rover.csrf` accepts, for the field `csrf` of a form or the header `x-csrf-token`; it needs the option `sessions`.
---@reads cookies
---@state sessions
---@also csrf_token
---@return string
function Ctx:csrf() end

--- Keeps a value for this request.
---@param key any
---@param value any
function Ctx:set(key, value) end

--- A value that was kept for this request.
---@param key any
---@return any
function Ctx:get(key) end

--- The path's parameters.
---@class rover.Params
---@field [string] string
local Params = {}

--- The parameters, checked by a schema; 400 with every mistake where they do not pass.
---@reads params
---@param schema rover.Schema|table
---@return any
function Params:expect(schema) end

--- The query's values.
---@class rover.Query
---@field [string] string
local Query = {}

--- The query, checked by a schema; 400 with every mistake where it does not pass.
---@reads query
---@param schema rover.Schema|table
---@return any
function Query:expect(schema) end

--- The body of a request.
---@class rover.Body
local Body = {}

--- The value that the body stands for in JSON; 400 where it is none.
---@reads body
---@return any
function Body:json() end

--- The body as a text, with U+FFFD for bytes that are not UTF-8.
---@reads body
---@return string
function Body:text() end

--- The bytes of the body as a text.
---@reads body
---@return string
function Body:raw() end

--- The bytes of the body as numbers.
---@reads body
---@return integer[]
function Body:bytes() end

--- The fields of a form by name, the last of repeated ones; 415 for another content type.
---@reads body
---@return table<string, string|rover.Upload>
function Body:form() end

--- All values of one field of a form.
---@reads body
---@param name string
---@return (string|rover.Upload)[]
function Body:form_all(name) end

--- JSON or a form, checked by a schema; 400 with every mistake where it does not pass.
---@reads body
---@param schema rover.Schema|table
---@return any
function Body:expect(schema) end

--- A file of a form.
---@class rover.Upload
--- The last segment of the name that the client says.
---@field filename string
--- The type that the client says.
---@field content_type string?
--- The file's bytes.
---@field data string

--- What `api.on_error` is given, and what `pcall` catches of a refused request.
---@class rover.Error
--- The status of the answer.
---@field status integer
--- What is wrong, as a text; `nil` for a raised table without one.
---@field message string?
--- Where it comes from.
---@field kind "request"|"guard"|"error"|"result"|"deadline"
--- What does not pass a schema.
---@field errors { field: string, message: string, type: string }[]?
--- The value that was raised.
---@field value any
