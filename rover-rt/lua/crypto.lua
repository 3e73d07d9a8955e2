-- `rover.base64`, `rover.hex`, `rover.url` and `rover.crypto`: the text is the compiler's, too.
local R = ...
local words = R.part("crypto_words")(R.native, R.raise, function() return R.is_loaded end, R.limits.charge)
R.coding = { base64 = words.base64, hex = words.hex, url = words.url }
R.crypto = words.crypto
