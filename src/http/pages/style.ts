/** The look of every documentation page: system fonts, light and dark, no more than the pages use. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--soft:#f4f6fa;--line:#d9dfe9;--ink:#17202e;--dim:#556077;--link:#0b57c4;--good:#0a6b3d;--warn:#8a4b00;--bad:#b3261e;--on:#fff;--code:#101827;--code-ink:#e5eaf4}
@media (prefers-color-scheme:dark){:root{--bg:#10151e;--soft:#182030;--line:#2c3648;--ink:#e4e9f2;--dim:#a0abc0;--link:#8ab8ff;--good:#6fd39d;--warn:#f2b66d;--bad:#ff9a91;--on:#10151e;--code:#0a0e15;--code-ink:#dfe6f3}}
*{box-sizing:border-box}
html{scroll-padding-top:4.5rem}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
code,pre,textarea,.method,.type,.media{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
main:focus{outline:none}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;z-index:3;background:var(--bg);padding:.5rem 1rem}
.top{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:center;justify-content:space-between;padding:.6rem 1.25rem;background:var(--bg);border-bottom:1px solid var(--line)}
.top nav{display:flex;gap:1.1rem;font-size:.9rem}
.brand{font-weight:700;color:var(--ink);text-decoration:none}
.page{max-width:52rem;margin:0 auto;padding:1.5rem 1.25rem 5rem}
.page.sided{max-width:96rem}
h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0 1rem}
h1 small{font-size:.95rem;font-weight:400;color:var(--dim)}
h2{font-size:1.4rem;line-height:1.25;margin:0 0 .5rem}
h3{font-size:1.15rem;margin:0 0 .35rem}
h4{font-size:.8rem;letter-spacing:.04em;text-transform:uppercase;color:var(--dim);margin:1.4rem 0 .4rem}
p{margin:.4rem 0}
.tag:is(section){margin-top:3rem}
.lead{font-size:1.2rem;color:var(--dim)}
p code,dd code,.access code{background:var(--soft);padding:.1em .35em;border-radius:4px;overflow-wrap:anywhere}
.operation{border-top:1px solid var(--line);padding:1.75rem 0 .5rem;margin-top:1.75rem}
.place{overflow-wrap:anywhere}
.method{display:inline-block;min-width:3.6em;padding:.1em .45em;border-radius:4px;background:var(--link);color:var(--on);font-weight:700;font-size:.75rem;text-align:center}
.method.post{background:var(--good)}.method.put,.method.patch{background:var(--warn)}.method.delete{background:var(--bad)}
.access,.eg,.retry{color:var(--dim);font-size:.9rem}
.fields,.responses,.side ul,.cards{list-style:none;margin:0;padding:0}
.fields{border-left:2px solid var(--line);padding-left:.8rem;margin:.35rem 0}
.fields.flat{border:0;padding:0}
.fields li{padding:.3rem 0;overflow-wrap:anywhere}
.fields p{margin:.1rem 0;font-size:.9rem;color:var(--dim)}
.fields p.values{display:flex;flex-wrap:wrap;gap:.25rem}
.name{font-weight:700}
.type{color:var(--dim)}
em.required,em.optional{font-style:normal;font-size:.78rem;font-weight:600;color:var(--bad)}
em.optional{color:var(--dim)}
.media{color:var(--dim);margin:.5rem 0 .2rem}
summary{cursor:pointer;padding:.1rem 0}
.schema>summary{width:fit-content;padding:.25rem .6rem;border:1px solid var(--line);border-radius:6px;background:var(--soft);font-size:.9rem}
.schema{margin:.3rem 0}
.responses>li{padding:.35rem 0;border-bottom:1px solid var(--line)}
.responses>li:last-child{border:0}
.code{display:inline-block;font-variant-numeric:tabular-nums;color:var(--good)}
.code.s3{color:var(--link)}.code.s4{color:var(--warn)}.code.s5{color:var(--bad)}
.more{font-size:.85rem}
pre{margin:0;padding:.85rem 1rem;background:var(--code);color:var(--code-ink);border:1px solid var(--line);border-radius:8px;overflow:auto;max-height:30rem;line-height:1.45}
pre code{font-size:1em}
.sample pre,.answer pre{white-space:pre-wrap;overflow-wrap:anywhere}
.sample{display:grid;grid-template-columns:1fr auto;align-items:end;gap:.4rem;margin:1.2rem 0 0}.sample pre{grid-column:1/-1}
.copy{padding:.1rem .6rem;font-size:.8rem}
.sample h4{margin:0}
button{font:inherit;font-weight:600;padding:.45rem 1rem;border:1px solid var(--line);border-radius:6px;background:var(--soft);color:var(--ink);cursor:pointer}
.send{background:var(--link);border-color:var(--link);color:var(--on)}
button:disabled{opacity:.6;cursor:wait}
.try{margin-top:1.25rem;padding:.2rem 1rem 1rem;border:1px solid var(--line);border-radius:8px;background:var(--soft)}
.try[hidden],[hidden]{display:none}
.try div,.unlock{margin:.6rem 0}
label{display:block;font-size:.9rem;margin-bottom:.2rem}
input,select,textarea{width:100%;padding:.45rem .6rem;border:1px solid var(--dim);border-radius:6px;background:var(--bg);color:var(--ink);font:inherit}
textarea{font:.875rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;resize:vertical}
::placeholder{color:var(--dim);opacity:.85}
.unlock{max-width:28rem}
.status{font-weight:700;min-height:1.5rem;margin:.7rem 0 0}.good{color:var(--good)}.bad{color:var(--bad)}
.answer dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem .8rem;margin:.3rem 0 .6rem;font-size:.85rem}
.answer dt{color:var(--dim)}.answer dd{margin:0;overflow-wrap:anywhere}
.side{font-size:.9rem}
.side summary{font-weight:700}
.side ul ul{margin:.1rem 0 .8rem}
.side a{display:flex;gap:.5rem;align-items:baseline;padding:.22rem .3rem;color:var(--ink);text-decoration:none;border-radius:4px}
.side :focus-visible{outline-offset:-3px}
.side a:hover{background:var(--soft)}
.side a.tag{font-weight:700;margin-top:.4rem}
.side .method{min-width:4.2em;font-size:.62rem;flex:none}
.cards li a{display:grid;gap:.1rem;padding:.75rem 1rem;margin:.6rem 0;border:1px solid var(--line);border-radius:8px;text-decoration:none}
.cards span{color:var(--ink)}
.cards+h2{margin-top:2rem}
.cards a:hover{background:var(--soft)}
.problem{border-top:1px solid var(--line);padding:1.1rem .8rem;margin-top:1rem}
.problem:target{background:var(--soft);border-radius:8px;outline:2px solid var(--link)}
.problem h2{font-size:1.1rem;overflow-wrap:anywhere}
.problem dl{display:grid;gap:.8rem;margin:.6rem 0 0}
.problem dt{font-weight:600}.problem dd{margin:.1rem 0 0;color:var(--dim)}
@media (min-width:640px){.problem dl{grid-template-columns:1fr 1fr}}
@media (min-width:900px){.sided{display:grid;grid-template-columns:17rem minmax(0,1fr);gap:2.5rem}.side{position:sticky;top:4rem;max-height:calc(100vh - 5rem);overflow:auto;align-self:start}}
@media (min-width:1150px){.columns{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:2.5rem}.columns .sample{margin-top:0}}
`;
