/** Where a resource names images. */
export interface ResourceImages {
  readonly type: RegExp;
  /** Blocks, at any depth, that hold the attribute; without them, the resource itself does. */
  readonly within?: readonly string[];
  readonly attribute: string;
  /** What the attribute holds: an image, containers as JSON, or a manifest of Kubernetes. */
  readonly holds: "image" | "json" | "manifest";
}

/** The resources that organisations run containers by, of the providers' documentation at https://registry.terraform.io. */
export const RESOURCES: readonly ResourceImages[] = [
  { type: /^docker_image$/, attribute: "name", holds: "image" },
  { type: /^docker_registry_image$/, attribute: "name", holds: "image" },
  { type: /^docker_container$/, attribute: "image", holds: "image" },
  { type: /^docker_service$/, within: ["container_spec"], attribute: "image", holds: "image" },
  {
    type: /^kubernetes_(?:pod|deployment|daemonset|daemon_set|stateful_set|replication_controller|job|cron_job)(?:_v\d\w*)?$/,
    within: ["container", "init_container"],
    attribute: "image",
    holds: "image",
  },
  { type: /^kubernetes_manifest$/, attribute: "manifest", holds: "manifest" },
  { type: /^aws_ecs_task_definition$/, attribute: "container_definitions", holds: "json" },
  { type: /^aws_batch_job_definition$/, attribute: "container_properties", holds: "json" },
  { type: /^aws_apprunner_service$/, within: ["image_repository"], attribute: "image_identifier", holds: "image" },
  { type: /^aws_lambda_function$/, attribute: "image_uri", holds: "image" },
  { type: /^aws_sagemaker_model$/, within: ["primary_container", "container"], attribute: "image", holds: "image" },
  { type: /^aws_codebuild_project$/, within: ["environment"], attribute: "image", holds: "image" },
  {
    type: /^google_cloud_run_(?:service|v2_service|v2_job|v2_worker_pool)$/,
    within: ["containers"],
    attribute: "image",
    holds: "image",
  },
  { type: /^google_cloudbuild_trigger$/, within: ["step"], attribute: "name", holds: "image" },
  {
    type: /^azurerm_container_(?:group|app|app_job)$/,
    within: ["container", "init_container"],
    attribute: "image",
    holds: "image",
  },
];
