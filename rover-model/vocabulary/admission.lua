---@meta _
-- Hooks that decide whether a request comes to its handler.

--- A hook for `before` that lets each client in so often and no more: 429 above that, with `Retry-After`. Stands at the top level.
---@also limit ratelimit throttle
---@param options rover.RateLimit
---@return rover.Hook
function rover.rate_limit(options) end

--- A hook for `before` by which POST and PATCH with an `Idempotency-Key` run once: the same key gets the first answer again. Stands at the top level.
---@also idempotency idempotency_key
---@param options? rover.Idempotency
---@return rover.Hook
function rover.idempotent(options) end

--- A hook, for `before` of a path.
---@class rover.Hook

--- The options of `rover.rate_limit`.
---@class rover.RateLimit
--- How often: `"10/s"`, `"100/min"`, `"1000/h"`, `"5000/day"`.
---@field rate string
--- How many requests may come at once.
---@default that of the rate
---@field burst? integer
--- Who is counted together: what it gives, a text or a number; nobody is where it gives `nil`.
---@default the client's address, of IPv6 the network of 64 bits
---@field by? fun(ctx: rover.Ctx): string|number|nil
--- Limits of one name count together, and clients are told it.
---@default a limit is counted for itself
---@field name? string
--- What becomes of requests while the server of the option `state` does not answer: they are let in, or refused with 503.
---@also fail_open fault_tolerant
---@default "allow"
---@field on_error? "allow"|"refuse"

--- The options of `rover.idempotent`.
---@class rover.Idempotency
--- How long an answer is kept: seconds, or a text such as `"24h"`.
---@also expire expires
---@default "24h"
---@field ttl? number|string
--- A request without a key is refused with 400.
---@default false
---@field required? boolean
--- Whose keys are told apart: what it gives, a text or a number; nothing is kept where it gives `nil`.
---@default the header `Authorization`, or else the cookies
---@field by? fun(ctx: rover.Ctx): string|number|nil
