---@meta _
-- Texts in other forms, hashes, keys, passwords and tokens.

--- Bytes as Base64; what cannot be decoded is `nil` and a message.
---@class rover.Base64
rover.base64 = {}

--- The bytes of a text as Base64, with `=` at the end; with `url` the form for URLs and tokens, without it.
---@param text string
---@param options? rover.Base64Options
---@return string
function rover.base64.encode(text, options) end

--- The bytes of a text in Base64, with `=` at the end or without.
---@param text string
---@param options? rover.Base64Options
---@return string?
---@return string? message
function rover.base64.decode(text, options) end

--- The forms of Base64.
---@class rover.Base64Options
--- `-` and `_` in place of `+` and `/`.
---@default false
---@field url? boolean
--- Whether `=` stands at the end, in encoding.
---@also padding
---@default true, with `url` false
---@field pad? boolean

--- Bytes as hexadecimal digits; what cannot be decoded is `nil` and a message.
---@class rover.Hex
rover.hex = {}

--- The bytes of a text as hexadecimal digits.
---@param text string
---@return string
function rover.hex.encode(text) end

--- The bytes of hexadecimal digits, large or small.
---@param text string
---@return string?
---@return string? message
function rover.hex.decode(text) end

--- Texts in URLs; what cannot be decoded is `nil` and a message.
---@class rover.Url
rover.url = {}

--- A text as a part of a URL: all but letters, digits and `-._~` is percent-encoded.
---@param text string
---@return string
function rover.url.encode(text) end

--- The text of a part of a URL; `+` stays as it is.
---@param text string
---@return string?
---@return string? message
function rover.url.decode(text) end

--- A table as a query, names in the order of letters: `"page=2&q=a%20b"`; a list gives its name several times.
---@param fields table<string, string|number|boolean|table>
---@return string
function rover.url.query(fields) end

--- Hashes, random bytes and encryption.
---@class rover.Crypto
rover.crypto = {}

--- The SHA-256 of a text, as bytes or digits.
---@param text string
---@param options? rover.HashOptions
---@return string
function rover.crypto.sha256(text, options) end

--- The SHA-384 of a text, as bytes or digits.
---@param text string
---@param options? rover.HashOptions
---@return string
function rover.crypto.sha384(text, options) end

--- The SHA-512 of a text, as bytes or digits.
---@param text string
---@param options? rover.HashOptions
---@return string
function rover.crypto.sha512(text, options) end

--- The SHA-1 of a text, for what is old: it protects nothing.
---@param text string
---@param options? rover.HashOptions
---@return string
function rover.crypto.sha1(text, options) end

--- The MD5 of a text, for what is old: it protects nothing.
---@param text string
---@param options? rover.HashOptions
---@return string
function rover.crypto.md5(text, options) end

--- The authentication code of a text with a key: who has the key can tell that the text is unchanged.
---@param algorithm "sha256"|"sha384"|"sha512"|"sha1"|"md5"
---@param key string
---@param text string
---@param options? rover.HashOptions
---@return string
function rover.crypto.hmac(algorithm, key, text, options) end

--- Whether two texts are the same, in a time that does not say where they differ.
---@param a string
---@param b string
---@return boolean
function rover.crypto.equals(a, b) end

--- So many random bytes, which nobody can guess.
---@param n integer
---@param options? rover.HashOptions
---@return string
function rover.crypto.random(n, options) end

--- A random UUID, of version 4.
---@return string
function rover.crypto.uuid() end

--- A UUID of version 7, which begins with the time: each is greater than those before.
---@return string
function rover.crypto.uuid7() end

--- A text that only who has the key can read, by AES-256-GCM; with a purpose it can only be decrypted for that.
---@param key string
---@param text string
---@param purpose? string
---@return string
function rover.crypto.encrypt(key, text, purpose) end

--- The text that `rover.crypto.encrypt` was given; `nil` where the key or the purpose is another, or a bit was changed.
---@param key string
---@param encrypted string?
---@param purpose? string
---@return string?
function rover.crypto.decrypt(key, encrypted, purpose) end

--- How bytes are given.
---@class rover.HashOptions
--- Hexadecimal digits in place of bytes.
---@default false
---@field hex? boolean

--- Passwords are kept as hashes from which nobody gets them back.
---@class rover.Password
rover.password = {}

--- The hash of a password, by Argon2id, as a text to be stored.
---@waits
---@param password string
---@return string
function rover.password.hash(password) end

--- Whether a hash is the password's: one of Argon2, bcrypt or PBKDF2. Without a hash it is `false`, after the same time.
---@waits
---@param password string
---@param hash string?
---@return boolean
function rover.password.verify(password, hash) end

--- Whether a hash is weaker than one that `rover.password.hash` makes today.
---@param hash string
---@return boolean
function rover.password.needs_rehash(hash) end

--- Signed tokens of RFC 7519. A key is a secret of at least 32 bytes, a text in PEM, or a JWK as a table or as JSON.
---@class rover.Jwt
rover.jwt = {}

--- A token with these claims, and with the time that it was signed at.
---@param claims table
---@param key string|table
---@param options? rover.JwtSignOptions
---@return string
function rover.jwt.sign(claims, key, options) end

--- The claims of a token, or of a header `Authorization` with one. Where it does not count, the request is answered with 401.
---@answers 401
---@param token string?
---@param key string|table
---@param options? rover.JwtOptions
---@return table
function rover.jwt.verify(token, key, options) end

--- The claims of a token as `rover.jwt.verify` has them; where it does not count, `nil` and why.
---@param token string?
---@param key string|table
---@param options? rover.JwtOptions
---@return table?
---@return string? message
function rover.jwt.claims(token, key, options) end

--- A set of keys that another server publishes; it stands at the top level and is fetched when it is first used. Tokens name their key.
---@needs net
---@param url string
---@param options? rover.JwtKeysOptions
---@return rover.JwtKeys
function rover.jwt.keys(url, options) end

--- What `rover.jwt.keys` gives.
---@class rover.JwtKeys
local JwtKeys = {}

--- The claims of a token, as `rover.jwt.verify` has them.
---@waits
---@answers 401
---@param token string?
---@param options? rover.JwtClaimOptions
---@return table
function JwtKeys:verify(token, options) end

--- The claims of a token, as `rover.jwt.claims` has them.
---@waits
---@param token string?
---@param options? rover.JwtClaimOptions
---@return table?
---@return string? message
function JwtKeys:claims(token, options) end

--- The options of a set of keys.
---@class rover.JwtKeysOptions
--- How tokens must be signed.
---@also algorithm algorithms
---@default each key's own
---@field alg? string

--- The options of signing a token.
---@class rover.JwtSignOptions
--- How it is signed: `"HS256"`, `"RS256"`, `"PS256"`, `"ES256"`, the same with 384 and 512, or `"EdDSA"`.
---@also algorithm
---@default the key's own, `"HS256"` for a secret
---@field alg? string
--- The time after which it has expired: seconds, or a text such as `"15m"`, `"24h"` or `"7d"`.
---@also expires_in expiresIn exp
---@default none
---@field ttl? number|string

--- The options of checking a token.
---@class rover.JwtOptions : rover.JwtClaimOptions
--- How it must be signed.
---@also algorithm algorithms
---@default the key's own, `"HS256"` for a secret
---@field alg? string

--- What the claims of a token must say.
---@class rover.JwtClaimOptions
--- Who must have made it: the claim `iss` is this, or one of a list.
---@also iss
---@field issuer? string|string[]
--- Whom it must be for: the claim `aud` has this, or one of a list.
---@also aud
---@field audience? string|string[]
--- By how much clocks may differ, for `exp`, `nbf` and `iat`.
---@default 10 s
---@field leeway? number|string
