---@meta _
-- The server: routes, hooks, and the answers that handlers return.

--- A part of a path: its keys are the next segments, the last one is the method.
---@class rover.Node
--- Answers GET, and HEAD without the body.
---@field get fun(ctx: rover.Ctx): any
--- Answers HEAD where GET's answer without its body is not meant.
---@field head fun(ctx: rover.Ctx): any
--- Answers POST.
---@field post fun(ctx: rover.Ctx): any
--- Answers PUT.
---@field put fun(ctx: rover.Ctx): any
--- Answers PATCH.
---@field patch fun(ctx: rover.Ctx): any
--- Answers DELETE.
---@also del destroy
---@field delete fun(ctx: rover.Ctx): any
--- Answers OPTIONS; without it the answer is 204 with `Allow`.
---@field options fun(ctx: rover.Ctx): any
--- What pages of other sites may ask at this path and below; `false` for nothing.
---@setting
---@field cors rover.Cors|false
---@field [string] rover.Node

--- The server: the root of all paths, the hooks, and the builders of responses.
---@class rover.Server : rover.Node
--- Answers with a value as JSON.
---@field json rover.JsonBuilder
--- Answers with a plain text.
---@also send
---@field text rover.TextBuilder
--- Answers with HTML: a text as it is, or a template that follows its data.
---@also html_escape
---@field html rover.HtmlBuilder
--- Sends the client to another URL, with 302.
---@field redirect rover.RedirectBuilder
--- Answers with a status and a message as JSON: `{"error":"..."}`.
---@field error rover.ErrorBuilder
--- Answers 204 without a body.
---@field no_content rover.NoContentBuilder
--- Answers with bytes as they are.
---@field bytes rover.BytesBuilder
--- Answers for every error; the status stays unless a builder sets one.
---@hook
---@field on_error fun(ctx: rover.Ctx, err: rover.Error): any
--- Answers where no route is.
---@hook
---@field not_found fun(ctx: rover.Ctx): any
--- Reserved: no path begins with it.
---@reserved
---@field config nil

--- `api.json`.
---@class rover.JsonBuilder
---@overload fun(value: any): rover.Response
local JsonBuilder = {}

--- The same with a status.
---@param status integer
---@param value any
---@return rover.Response
function JsonBuilder:status(status, value) end

--- `api.text`.
---@class rover.TextBuilder
---@overload fun(text: string|number): rover.Response
local TextBuilder = {}

--- The same with a status.
---@param status integer
---@param text string|number
---@return rover.Response
function TextBuilder:status(status, text) end

--- `api.html`.
---@class rover.HtmlBuilder
---@overload fun(html: string|number|rover.SafeHtml|table): rover.Response
local HtmlBuilder = {}

--- The same with a status.
---@param status integer
---@param html string|number|rover.SafeHtml|table
---@return rover.Response
function HtmlBuilder:status(status, html) end

--- `api.redirect`.
---@class rover.RedirectBuilder
---@overload fun(url: string): rover.Response
local RedirectBuilder = {}

--- The same with 301.
---@param url string
---@return rover.Response
function RedirectBuilder:permanent(url) end

--- The same with another status.
---@param status integer
---@param url string
---@return rover.Response
function RedirectBuilder:status(status, url) end

--- `api.error`.
---@class rover.ErrorBuilder
---@overload fun(status: integer, message: any): rover.Response

--- `api.no_content`.
---@class rover.NoContentBuilder
---@overload fun(): rover.Response

--- `api.bytes`.
---@class rover.BytesBuilder
---@overload fun(bytes: string, content_type?: string): rover.Response

--- An answer: what builders give and handlers return.
---@class rover.Response
---@overload fun(template: string): rover.Response
local Response = {}

--- Adds a header.
---@also set_header
---@param name string
---@param value string|number
---@return rover.Response
function Response:header(name, value) end

--- Sets the status, from 200 to 599.
---@param status integer
---@return rover.Response
function Response:status(status) end

--- Adds a cookie; its value is percent-encoded.
---@also set_cookie
---@param name string
---@param value string|number|boolean
---@param options? rover.CookieOptions
---@return rover.Response
function Response:cookie(name, value, options) end

--- The options of a cookie.
---@class rover.CookieOptions
--- The path below which the client sends it.
---@field path? string
--- The domain whose hosts get it.
---@field domain? string
--- Seconds that it lives.
---@field max_age? integer|string
--- When it ends: Unix seconds, or a text like `Wed, 21 Oct 2026 07:28:00 GMT`.
---@field expires? number|string
--- It is sent over HTTPS only.
---@field secure? boolean
--- Scripts of the page do not see it.
---@field http_only? boolean
--- Whether it is sent with requests that come from other sites.
---@field same_site? "strict"|"lax"|"none"
--- It is kept for each embedding site by itself; it must be secure.
---@field partitioned? boolean
--- The value goes out as it is.
---@field raw? boolean
