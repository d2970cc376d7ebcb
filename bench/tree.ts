import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { seeded } from "../sandbox/random.ts";

/** One file of a generated tree, and the uses that a careful reader finds in it. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
  readonly uses: number;
}

type Random = () => number;
/** What one kind of file looks like in the folder of one service. */
type Shape = (folder: string, random: Random) => GeneratedFile;

const BASES = [
  "node",
  "golang",
  "python",
  "eclipse-temurin",
  "debian",
  "nginx",
  "ghcr.io/acme/base",
  "quay.io/acme/tools",
];
/** Every other file is a Dockerfile, and the others are of these kinds in turn. */
const YAML: readonly Shape[] = [deployment, compose, values, workflow, kustomization, gitlab, cronJob, plain];

/** A tree of so many files, half of them Dockerfiles: always the same. */
export function generateTree(files: number): readonly GeneratedFile[] {
  const random = seeded(files);
  return Array.from({ length: files }, (_, number) => {
    const folder = `services/${String(number).padStart(5, "0")}`;
    const shape = number % 2 === 0 ? dockerfile : (YAML[((number - 1) / 2) % YAML.length] ?? plain);
    return shape(folder, random);
  });
}

/** Writes files below a folder. */
export function writeTree(root: string, files: readonly Pick<GeneratedFile, "path" | "text">[]): void {
  for (const { path, text } of files) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
}

function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

function reference(random: Random): string {
  const name = BASES[between(random, 0, BASES.length - 1)];
  return `${name}:${between(random, 1, 24)}.${between(random, 0, 30)}`;
}

function pinned(random: Random): string {
  const digest = Array.from({ length: 64 }, () => between(random, 0, 15).toString(16)).join("");
  return `${reference(random)}@sha256:${digest}`;
}

/** So many lines, made by number. */
function lines(count: number, line: (number: number) => string): string {
  return Array.from({ length: count }, (_, number) => `${line(number)}\n`).join("");
}

/** Several stages, an argument in a reference, a copy from an image, and the instructions that are most of every Dockerfile. */
function dockerfile(folder: string, random: Random): GeneratedFile {
  const steps = lines(between(random, 5, 30), (number) => `RUN install --step ${number} \\\n    && verify ${number}`);
  const text = `# syntax=docker/dockerfile:1.7
ARG VERSION=${between(random, 1, 24)}.${between(random, 0, 30)}
FROM node:\${VERSION} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
${steps}
FROM dependencies AS build
COPY . .
COPY --from=${reference(random)} /usr/bin/tool /usr/bin/tool
RUN npm run build

FROM ${pinned(random)}
COPY --from=build /app/dist /app
USER 1000
ENTRYPOINT ["/app/start"]
`;
  return { path: `${folder}/Dockerfile`, text, uses: 4 };
}

function container(random: Random, indent: string): string {
  const environment = lines(
    between(random, 3, 15),
    (number) => `${indent}  - { name: VARIABLE_${number}, value: "${number}" }`,
  );
  return `${indent}- name: main\n${indent}  image: ${pinned(random)}\n${indent}  env:\n${environment}`;
}

function deployment(folder: string, random: Random): GeneratedFile {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: main }
spec:
  replicas: 3
  template:
    spec:
      initContainers:
        - name: migrate
          image: ${reference(random)}
      containers:
${container(random, "        ")}---
apiVersion: v1
kind: Service
metadata: { name: main }
spec: { ports: [{ port: 80 }] }
`;
  return { path: `${folder}/deployment.yaml`, text, uses: 2 };
}

function cronJob(folder: string, random: Random): GeneratedFile {
  const text = `apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
${container(random, "            ")}`;
  return { path: `${folder}/nightly.yaml`, text, uses: 1 };
}

function compose(folder: string, random: Random): GeneratedFile {
  const services = between(random, 1, 6);
  const text = `services:\n${lines(
    services,
    (number) =>
      `  service-${number}:\n    image: "${reference(random)}"\n    ports: ["80${number}:80"]\n    restart: always`,
  )}`;
  return { path: `${folder}/compose.yaml`, text, uses: services };
}

function values(folder: string, random: Random): GeneratedFile {
  const text = `replicaCount: 2
image:
  repository: ghcr.io/acme/base
  tag: "${between(random, 1, 24)}.${between(random, 0, 30)}"
resources:
${lines(between(random, 5, 40), (number) => `  limit-${number}: ${number}m`)}`;
  return { path: `${folder}/values.yaml`, text, uses: 1 };
}

function workflow(folder: string, random: Random): GeneratedFile {
  const text = `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    container: ${reference(random)}
    services:
      database:
        image: ${reference(random)}
    steps:
${lines(between(random, 3, 20), (number) => `      - run: make step-${number}`)}`;
  return { path: `.github/workflows/${folder.replaceAll("/", "-")}.yml`, text, uses: 2 };
}

function kustomization(folder: string, random: Random): GeneratedFile {
  const text = `resources: [deployment.yaml]
images:
  - name: main
    newName: ghcr.io/acme/base
    newTag: "${between(random, 1, 24)}.${between(random, 0, 30)}"
`;
  return { path: `${folder}/kustomization.yaml`, text, uses: 1 };
}

function gitlab(folder: string, random: Random): GeneratedFile {
  const text = `image: ${reference(random)}
test:
  services:
    - ${reference(random)}
  script:
${lines(between(random, 3, 20), (number) => `    - make step-${number}`)}`;
  return { path: `${folder}/.gitlab-ci.yml`, text, uses: 2 };
}

/** Most YAML names no image. */
function plain(folder: string, random: Random): GeneratedFile {
  const text = `openapi: 3.1.0\npaths:\n${lines(
    between(random, 20, 200),
    (number) =>
      `  /things/${number}:\n    get: { summary: "Thing ${number}", responses: { "200": { description: ok } } }`,
  )}`;
  return { path: `${folder}/openapi.yaml`, text, uses: 0 };
}
