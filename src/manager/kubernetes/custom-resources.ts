import type { Resource } from "../syntax/yaml/resource.ts";

/** Where custom resources name images beside the containers of pods. */
export interface CustomImages {
  /** Keys of lists of containers. */
  readonly lists?: readonly string[];
  /** Keys of single containers: maps with an `image`. */
  readonly single?: readonly string[];
  /** Whole paths to an image, from the resource. */
  readonly at?: readonly (readonly string[])[];
  /** A key under which `{kind: DockerImage, name: …}` stands. */
  readonly from?: string;
}

/** The parts of a PostgresCluster, of Crunchy's operator and of Percona's, which is made from it. */
const CRUNCHY: readonly (readonly string[])[] = [
  ["spec", "proxy", "pgBouncer", "image"],
  ["spec", "backups", "pgbackrest", "image"],
  ["spec", "monitoring", "pgmonitor", "exporter", "image"],
];

/** By the group of their `apiVersion`: what organisations run most, and what names an image in one place. */
const CUSTOM: readonly (CustomImages & { readonly group: RegExp })[] = [
  // Argo Workflows, Events and Rollouts
  { group: /^argoproj\.io\//, lists: ["sidecars"], single: ["container", "script"] },
  // https://tekton.dev/docs/pipelines/tasks/, …/stepactions/
  { group: /^tekton\.dev\//, lists: ["steps", "sidecars"], single: ["stepTemplate"], at: [["spec", "image"]] },
  // Prometheus, Alertmanager, ThanosRuler
  { group: /^monitoring\.coreos\.com\//, single: ["thanos"], at: [["spec", "image"]] },
  { group: /^opentelemetry\.io\//, at: [["spec", "image"]] },
  { group: /^postgresql\.cnpg\.io\//, lists: ["images"], at: [["spec", "imageName"]] },
  { group: /^acid\.zalan\.do\//, at: [["spec", "dockerImage"]] },
  { group: /^rabbitmq\.com\//, at: [["spec", "image"]] },
  { group: /^ceph\.rook\.io\//, at: [["spec", "cephVersion", "image"]] },
  // https://docs.percona.com/percona-operators/: each part of a cluster is a map with its image
  {
    group: /^(?:pxc|psmdb|pgv2|ps)\.percona\.com\//,
    single: [
      ...["pxc", "mysql", "haproxy", "proxysql", "router", "orchestrator", "logcollector"],
      ...["pmm", "backup"],
    ],
    at: [["spec", "image"], ...CRUNCHY],
  },
  { group: /^postgres-operator\.crunchydata\.com\//, at: [["spec", "image"], ...CRUNCHY] },
  { group: /^(?:k8s\.mariadb\.com|dragonflydb\.io|k8s\.keycloak\.org)\//, at: [["spec", "image"]] },
  { group: /^[a-z]+\.k8s\.elastic\.co\//, at: [["spec", "image"]] },
  // Upgrades of K3s and RKE2's nodes
  { group: /^upgrade\.cattle\.io\//, single: ["prepare", "upgrade"] },
  { group: /^minio\.min\.io\//, at: [["spec", "image"]] },
  { group: /^redis\.redis\.opstreelabs\.in\//, single: ["kubernetesConfig", "redisExporter"] },
  { group: /^kafka\.strimzi\.io\//, single: ["kafka", "zookeeper"], at: [["spec", "image"]] },
  { group: /^sparkoperator\.k8s\.io\//, lists: ["sidecars"], single: ["driver", "executor"], at: [["spec", "image"]] },
  { group: /^flink\.apache\.org\//, at: [["spec", "image"]] },
  { group: /^gateway\.envoyproxy\.io\//, single: ["container"] },
  { group: /^kubevirt\.io\//, single: ["containerDisk"] },
  { group: /^actions\.summerwind\.dev\//, at: [["spec", "template", "spec", "image"]] },
  { group: /^caching\.internal\.knative\.dev\//, at: [["spec", "image"]] },
  { group: /^serving\.kserve\.io\//, single: ["container"] },
  // OpenShift's builds and image streams
  { group: /^(?:build|image)\.openshift\.io\//, from: "from" },
];

/** Where a resource names images of its own accord; `undefined` where it is known for none. */
export function customImages({ apiVersion }: Resource): CustomImages | undefined {
  return CUSTOM.find(({ group }) => group.test(apiVersion));
}
