/** Every reason that Oakum gives, each with the sentence a person reads. The codes are part of the JSON output. */
const SENTENCES = {
  // what a file says
  "unresolved-variable": "the reference needs a variable that has no default in this file",
  "invalid-reference": "this is not an image reference that a registry would accept",
  "shared-arg": "a variable feeds several images, and there is no new value that is right for all of them",
  "partial-arg": "variables are parts of the reference, and which of them a new tag would change cannot be told safely",
  "expanded-arg": "the ARG's value reaches the image through an expansion that cannot be written back",
  "broken-reference":
    "the reference is written with a line end, quotes or escapes inside, which an edit would not keep",
  "not-expanded":
    "Docker expands no variables here; give the image a stage of its own (FROM … AS …) to have it followed",
  "no-digest-field": "the file has no field for a digest here, and only a digest would change",
  "no-dockerfile":
    "a build has arguments, and its Dockerfile is not among the files that are read, so nobody knows what they feed",
  "digest-only": "only a digest, no tag: nothing says which tag to follow",
  "digest-several-tags":
    "only a digest, and several tags name it that are equally good to follow: write one beside it, or in a comment",
  "tag-not-written":
    "only a digest stands here, so there is no tag to change: write it beside the digest, or in a comment, to have it moved",
  "tag-elsewhere":
    "the tag stands elsewhere: in the chart's appVersion, in other values, or in the manifest that this renames",
  "name-elsewhere": "only a tag stands here; which image it is of stands in the chart or in other values",
  "several-digests": "several digests stand beside one tag, and nothing says which image each of them is",
  "two-writers": "something else writes this field, and two writers would undo each other's work",
  replaced: "a kustomization puts another image in the place of this one wherever it is deployed",
  rendered: "this file is rendered from others, and a change here would be overwritten",
  "not-parsed": "the file could not be read as what its name says it is",
  "too-large": "the file is larger than Oakum reads",
  "too-many-images": "the repository names more images than Oakum follows in one; this one and the rest are left out",
  ignored: "ignored by configuration",
  // what a registry says
  "not-asked": "no registry was asked",
  "registry-not-allowed": "this registry is asked only when it is allowed",
  "registry-denied": "the registry refused the login or has none of this image for us",
  "registry-answer": "the registry's answer could not be read",
  "registry-unavailable": "the registry could not be asked",
  "too-many-tags":
    "the registry lists more tags than Oakum reads, so the newest could be missing; remove old tags there, or use an image with fewer",
  "tags-unlisted": "the registry lists no tags any more; that is believed when it says so again",
  "tag-not-found": "the registry has no such tag",
  "digest-not-found": "the registry no longer has this digest",
  "not-observed": "the registry has not been asked about this image yet",
  "end-of-life": "nothing newer may be taken, and it stands on a release that nobody mends any more",
  // what a tag says beside the one in use
  "tag-unordered":
    "the tag in use names no version that can be ordered, so no other tag is newer; its digest is followed",
  "tag-no-version": "it names no version that can be ordered: a name, a branch, a commit",
  "tag-other-platform": "it is for another operating system or architecture",
  "tag-other-os": "it names another distribution, or none",
  "tag-other-variant": "it is another variant: the words beside the version differ",
  "tag-other-precision": "it is more or less exact than the tag in use",
  "tag-other-form": "its version is written in another form: with or without `v`, as a date, with a build",
  "tag-pre-release": "it is a pre-release, and the tag in use is none of its kind",
  "tag-same-version": "it is the same version as the tag in use",
  "tag-older": "it is older than the tag in use",
  "tag-older-os": "it stands on an older OS release than the tag in use",
  "tag-os-and-version": "it changes the OS release and more than a patch at once",
  "tag-os-unreleased": "its OS release is not released yet",
  "tag-not-lts": "it is on no line that its publisher keeps for the long term, and the tag in use is",
  "tag-not-newest": "only the newest three of each change class, and of those that policy's tags match, are looked at",
  "same-in-all-platforms":
    "the tag names another index, in which the images of all platforms that are used here are the same",
  "same-digest": "it names the very digest that is used, so it would change nothing",
  "tag-newer-chosen": "policy would allow it, and another tag is the better candidate",
  // what policy says
  "mode-observe": "mode is observe: nothing is proposed",
  "min-age": "the candidate has not been on its tag for minAge yet",
  "change-not-allowed": "policy does not allow this class of change",
  quarantined: "this digest failed before and is quarantined",
  paused: "the operator has paused Oakum here, so nothing new is started",
  snoozed: "a person has put this off",
  "pull-paused": "a person has paused this pull request",
  refused: "a person closed the pull request for exactly this update",
  "limit-open": "the limit of open pull requests is reached",
  "limit-rate": "the limit of new pull requests per hour is reached",
  "not-yet-supported": "this configuration is not yet supported",
  "config-invalid": "the configuration has errors, so nothing is proposed",
  "config-unreadable": "the organisation's configuration cannot be read, so nothing is proposed",
  "moved-by-rollout": "this file describes an environment, where only a rollout moves what runs",
  // what an edit says
  "edit-not-proved": "after the edit the file did not read back as intended, so nothing was written",
  "workflows-permission":
    "GitHub lets an App change workflow files only with a permission that Oakum does not ask for; `oakum apply` changes it on a checkout",
  "competing-pull": "another open pull request changes the same place",
  "managed-by-other": "another tool keeps this file up to date; the report says how to hand it over",
  "foreign-commits": "someone else committed to this branch",
  // what the gate says
  "no-builder": "no build is configured for this repository",
  "build-pending": "the build has not finished",
  "build-failed": "the build failed",
  "build-timeout": "the build did not finish in time",
  "build-mismatch": "the build reported an image other than the one expected",
  "branch-moved": "the branch has moved on, so this commit can no longer be built from it",
  "not-on-new-base": "the built image does not start with the new base image's layers",
  "base-unknown": "whether the built image stands on the new base could not be checked",
  "scan-pending": "the scan has not finished",
  "scan-unavailable": "the scan could not be done, and unknown is never clean",
  "baseline-missing": "the image before the change could not be had, so nothing tells what the change introduces",
  "scan-unsupported": "the scanner cannot read this image's packages",
  "package-collapse": "the new image lists far fewer packages than the old one, so its scan cannot be trusted",
  "findings-introduced": "the change introduces findings at or above the gate",
  "known-exploited": "a finding that is exploited in the wild would be introduced",
  "severity-unknown": "the change introduces findings that nobody has rated yet",
  "signature-missing": "policy requires a signature and none was verified",
  // what the merge says
  "merge-never": "policy leaves merging to people",
  "verdict-missing": "there is no passing verdict for this head",
  "merge-refused": "GitHub refused to merge",
  "no-required-check": "automatic merging needs a required check on the base branch, and there is none",
  "checks-missing": "a required check is not green yet",
  "approval-missing": "a person's approval of this head is missing",
  "changes-requested": "a reviewer asked for changes",
  "head-not-ours": "the head is not a commit that Oakum recorded creating",
  "head-differs": "the head's diff is not the edits that Oakum derives",
  "base-moved": "the base branch of the pull request is not the one it was opened for",
  conflict: "the branch conflicts with its base",
  "behind-base": "the base branch asks for a head that has all of it, and this one is behind",
  "review-required": "GitHub asks for a review that is not there yet",
  "rule-pending": "a rule of the base branch is not met yet, GitHub says",
  queued: "in the merge queue of the base branch",
  dequeued: "the merge queue gave it back; it is queued again when the base branch has moved, three times at most",
  "mergeable-unknown": "GitHub has not said yet whether the branch merges",
  "outside-window": "outside the window that policy sets",
  "tag-moved": "the tag no longer names this digest",
  draft: "the pull request is a draft",
  "pull-closed": "the pull request is not open",
  // what the rules of a branch say, whatever the pull is like
  "no-merge-method": "settings and rules of the base branch leave no way to merge",
  "deployment-required": "the base branch requires a deployment of the head, which Oakum never makes before a merge",
  "approval-required": "the base branch requires approvals, so nothing merges by itself",
  "check-silent":
    "a required check must come from an App that is seen neither on the base branch nor on its newest pull requests; install it, or have the rule name another",
  "base-restricted": "a rule lets only some update the base branch, and Oakum never uses a bypass",
  "branch-restricted": "rules keep Oakum from pushing to its own branches",
  // what a rollout says
  "wave-waiting": "waiting for an earlier wave",
  superseded: "a newer release takes its place",
  "wave-failed": "an earlier wave did not confirm this release",
  "campaign-halted": "the campaign is halted: too many of its targets failed",
  soaking: "waiting for the soak time to pass",
  "deploy-pending": "the deployment has not finished",
  "deploy-failed": "the deployment failed",
  "deploy-conflict": "the target runs something other than what this rollout started from",
  unhealthy: "the target reports itself unhealthy",
  "not-running": "the target does not run the released digest",
  "permission-missing": "the App lacks a permission that this needs",
} as const;

export type ReasonCode = keyof typeof SENTENCES;

/** Why something is as it is. `detail` adds the facts of this case; it may hold hostile text and is escaped where shown. */
export interface Reason {
  readonly code: ReasonCode;
  readonly detail?: string;
}

export function reason(code: ReasonCode, detail?: string): Reason {
  return detail === undefined ? { code } : { code, detail };
}

/** Whether a text is the code of a reason that this version knows. */
export function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(SENTENCES, text);
}

/** The reason as a person reads it: the sentence, then the facts of this case. */
export function sentence(why: Reason): string {
  return why.detail === undefined ? SENTENCES[why.code] : `${SENTENCES[why.code]} (${why.detail})`;
}
