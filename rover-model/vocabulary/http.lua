---@meta _
-- `rover.http`: requests to other servers.

--- Requests to other servers. An answer with any status is a result; where there is no answer, an error with a `kind` is raised.
---@class rover.Http
rover.http = {}

--- Asks with GET.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function rover.http.get(url, options) end

--- Asks with HEAD.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function rover.http.head(url, options) end

--- Asks with POST.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function rover.http.post(url, options) end

--- Asks with PUT.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function rover.http.put(url, options) end

--- Asks with PATCH.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function rover.http.patch(url, options) end

--- Asks with DELETE.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function rover.http.delete(url, options) end

--- Asks with any method.
---@waits
---@needs net
---@param method string
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function rover.http.request(method, url, options) end

--- Makes a client with options of its own for all of its requests; it stands at the top level and connects when it is first used.
---@needs net
---@param options? rover.HttpClientOptions
---@return rover.HttpClient
function rover.http.client(options) end

--- What `rover.http.client` gives. A URL that begins with `/` stands below the client's `base_url`.
---@class rover.HttpClient
local HttpClient = {}

--- Asks with GET.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function HttpClient:get(url, options) end

--- Asks with HEAD.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function HttpClient:head(url, options) end

--- Asks with POST.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function HttpClient:post(url, options) end

--- Asks with PUT.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function HttpClient:put(url, options) end

--- Asks with PATCH.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function HttpClient:patch(url, options) end

--- Asks with DELETE.
---@waits
---@needs net
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function HttpClient:delete(url, options) end

--- Asks with any method.
---@waits
---@needs net
---@param method string
---@param url string
---@param options? rover.HttpOptions
---@return rover.HttpResponse
function HttpClient:request(method, url, options) end

--- The answer of another server.
---@class rover.HttpResponse
--- The status: 200.
---@field status integer
--- Whether the status is one from 200 to 299.
---@field ok boolean
--- The headers by any spelling of their names, repeated ones joined.
---@field headers table<string, string>
--- The body as it came, decompressed; `nil` with `stream`.
---@field text string?
--- The URL that answered, behind all redirects.
---@field url string
local HttpResponse = {}

--- The value that the body stands for, as `rover.json.decode` gives it.
---@return any
function HttpResponse:json() end

--- Goes through the body part by part as it comes, for an answer that was asked for with `stream`: `for part in r:chunks() do`.
---@waits
---@return fun(): string?
function HttpResponse:chunks() end

--- The options of a request to another server. Times are seconds or texts such as `"250ms"`, sizes bytes or texts such as `"8MiB"`.
---@class rover.HttpOptions
--- Headers by their names.
---@field headers? table<string, string|number>
--- Values that become the URL's query.
---@field query? table<string, string|number|boolean>
--- A value that becomes the body, as JSON.
---@field json? any
--- Fields that become the body, as a form.
---@field form? table<string, string|number|boolean>
--- The body as it is.
---@field body? string
--- Time until the whole answer is there; 0 for any.
---@default "10s"
---@field timeout? number|string
--- How many redirects are followed.
---@also follow follow_redirects max_redirects
---@default 5
---@field redirects? integer
--- How often a request is sent again that was not sent, or that may be sent twice.
---@also retry max_retries
---@default 0
---@field retries? integer
--- Bytes of an answer's body: an error of the kind `"too_large"` above it.
---@default "8MiB"
---@field max_body? integer|string
--- The URL of a proxy; `false` for none, whatever the environment says.
---@default what the environment says
---@field proxy? string|false
--- How the other side's certificate is checked.
---@field tls? rover.HttpTls
--- The body is not collected: `r:chunks()` gives it.
---@default false
---@field stream? boolean
--- `traceparent` and `x-request-id` of the request being answered go along.
---@default true
---@field trace? boolean

--- The options of a client, which hold for all of its requests that say nothing else.
---@class rover.HttpClientOptions : rover.HttpOptions
--- What URLs that begin with `/` stand below.
---@field base_url? string
--- Connections of a worker to one server.
---@field max_connections? integer

--- How the other side's certificate is checked.
---@class rover.HttpTls
--- The certificates of authorities that are trusted, as a text in PEM.
---@default the system's
---@field ca? string
--- Whether the certificate is checked.
---@also insecure rejectUnauthorized
---@default true
---@field verify? boolean
