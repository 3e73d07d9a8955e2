return [[
:root { color-scheme: light dark; --paper: #fbf9f4; --card: #fff; --ink: #22252a; --soft: #6a6f78; --line: #e3ded2; --accent: #0a6c6c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --card: #1f2226; --ink: #e8e6e1; --soft: #9aa0a8; --line: #33373d; --accent: #5cc2c2; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { font: 600 2rem/1.2 Georgia, serif; margin: 0 0 1.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
article, form.write { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.25rem; margin: 0 0 1rem; }
article { border-left: .35rem solid var(--mark, var(--accent)); }
article p { white-space: pre-line; overflow-wrap: anywhere; margin: .4rem 0; }
label { display: block; font-size: .875rem; color: var(--soft); margin-top: .6rem; }
input, textarea, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .7rem; }
input, textarea { width: 100%; }
input[type=color] { width: 4rem; height: 2.6rem; padding: .2rem; }
input[aria-invalid] { border-color: #c33; }
button { cursor: pointer; }
form.write > button { display: block; margin-top: .9rem; background: var(--accent); border-color: var(--accent); color: var(--card); font-weight: 600; padding: .55rem 1.5rem; }
form.search { display: flex; gap: .5rem; margin: 0 0 .75rem; }
article button { font-size: .8rem; color: var(--soft); padding: .2rem .6rem; }
.count { color: var(--soft); font-size: .9rem; }
.error { color: #c33; font-size: .875rem; margin: .25rem 0 0; }
footer { text-align: center; color: var(--soft); font-size: .85rem; padding: 0 1rem 2rem; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
]]
