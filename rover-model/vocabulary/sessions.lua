---@meta _
-- What is known of a client from one request to the next, and requests that pages of other sites make.

--- The option `sessions`.
---@class rover.Sessions
--- A text of at least 32 bytes that nobody else knows; of several the first signs, and all are accepted.
---@also secrets key keys
---@field secret string|string[]
--- When a session that is not used ends: seconds, or a text such as `"30m"` or `"7d"`.
---@also max_age maxage expires
---@default "7d"
---@field ttl? number|string
--- Where the data is: in the cookie, encrypted, in state that the workers share, or in a database, which is what `rover.db` gave.
---@default "cookie"
---@field store? "cookie"|"shared"|rover.Database
--- The name of the cookie.
---@default "session"
---@field name? string
--- Whether the cookie is sent with requests that come from other sites.
---@default "lax"
---@field same_site? "strict"|"lax"|"none"
--- The cookie goes over HTTPS only.
---@default as the request came
---@field secure? boolean

--- The data of a client by names of your own: what JSON can hold. What is written is there in the client's next request.
---@class rover.Session
---@field [string] any
local Session = {}

--- Keeps the data under a new name, and ends the old one: call it where somebody logs in.
---@also rotate renew regenerate_id
function Session:regenerate() end

--- Ends the session: call it where somebody logs out.
---@also invalidate clear flush
---@state sessions
function Session:destroy() end

--- A hook that refuses what pages of other sites ask: `api.before = rover.csrf`. GET, HEAD and OPTIONS are never refused.
---@class rover.Csrf
---@overload fun(options: rover.CsrfOptions): rover.Csrf

--- Refuses requests of other sites' pages with 403, unless they have the token that `ctx:csrf()` gives.
---@answers 403
---@type rover.Csrf
rover.csrf = nil

--- The options of `rover.csrf`.
---@class rover.CsrfOptions
--- Other sites whose pages may ask: `{ "https://app.example" }`.
---@also trusted_origins
---@field origins? string[]
