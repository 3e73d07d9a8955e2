return [[
:root { color-scheme: light dark; --line: #8884; --accent: #0a7a6c; }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 36rem; margin: 0 auto; padding: 1.5rem 1rem; }
form, article { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 0 0 1rem; }
article { overflow-wrap: anywhere; white-space: pre-wrap; }
label { display: block; font-weight: 600; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .4rem; margin: .25rem 0 .75rem; }
input[aria-invalid] { border-color: #c33; }
button { font: inherit; padding: .4rem 1rem; border: 0; border-radius: .4rem; background: var(--accent); color: #fff; }
.problem { color: #c33; margin: .75rem 0 0; }
]]
