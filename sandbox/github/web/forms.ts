import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { toTimestamp, type World } from "../world.ts";
import { type Manifest, manifestProblems, parseManifest } from "./manifest.ts";
import { newAppPage, refusedManifestPage } from "./pages.ts";
import { POLICY, type WebAnswer } from "./web.ts";

const makeKeys = promisify(generateKeyPair);
const codeLife = 3_600_000;

/** Whether a browser sends a form. */
export function isForm(method: string, headers: { readonly "content-type"?: string | undefined }): boolean {
  return method === "POST" && (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
}

/**
 * The form for a new App from a manifest, and its button, as a person who is logged in meets them: `octocat`, or an owner of
 * the organisation. The browser then goes back to the manifest's `redirect_url` with the code and the state that it came with.
 */
export async function answerForm(world: World, address: URL, form: URLSearchParams): Promise<WebAnswer> {
  const [isNewApp, organisation] = /^(?:\/organizations\/([^/]+))?\/settings\/apps\/new$/.exec(address.pathname) ?? [];
  if (isNewApp === undefined) return show(404, refusedManifestPage(["Not Found"]));
  const owner = organisation ?? "octocat";
  const text = form.get("manifest") ?? "";
  const manifest = parseManifest(text);
  const problems = manifest === undefined ? ["manifest is not JSON"] : manifestProblems(world, manifest);
  if (manifest === undefined || problems.length > 0) return show(422, refusedManifestPage(problems));
  const action = `${address.pathname}${address.search}`;
  const name = form.get("name") ?? manifest.name ?? "";
  if (form.get("create") === null) return show(200, newAppPage(owner, { action, manifest: text, name }));
  const keys = await makeKeys("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const code = await world.transact(() => register(world, { ...manifest, name }, owner, keys));
  const back = new URL(manifest.redirect_url);
  back.searchParams.set("code", code);
  const state = address.searchParams.get("state");
  if (state !== null) back.searchParams.set("state", state);
  return { status: 302, headers: { location: back.href }, html: "" };
}

function register(
  world: World,
  manifest: Manifest,
  owner: string,
  keys: { readonly publicKey: string; readonly privateKey: string },
): string {
  const id = world.state.nextId();
  const code = randomBytes(20).toString("hex");
  const clientSecret = randomBytes(20).toString("hex");
  world.state.put("app", {
    id,
    slug: (manifest.name ?? "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
    owner,
    publicKey: keys.publicKey,
    webhookUrl: manifest.hook_attributes.url,
    webhookSecret: randomBytes(20).toString("hex"),
    permissions: manifest.default_permissions ?? {},
    events: manifest.default_events ?? [],
    createdAt: world.timestamp(),
    clientSecret,
    callbackUrls: manifest.callback_urls ?? [],
  });
  world.state.put("registration", {
    id: code,
    app: id,
    pem: keys.privateKey,
    clientSecret,
    expiresAt: toTimestamp(world.now() + codeLife),
  });
  return code;
}

async function show(status: number, html: ReturnType<typeof newAppPage>): Promise<WebAnswer> {
  // The page's one form is sent back to where it came from.
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${POLICY}; form-action 'self'`,
  };
  return { status, headers, html: String(await html) };
}
