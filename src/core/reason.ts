/** Every reason that Oakum gives, each with the sentence a person reads. The codes are part of the JSON output. */
const SENTENCES = {
  // what a file says
  "unresolved-variable": "the reference needs a variable that has no default in this file",
  "invalid-reference": "this is not an image reference that a registry would accept",
  "shared-arg": "an ARG feeds several images; changing it for one would change the others",
  "partial-arg": "an ARG is only a part of the tag or name; a new tag or digest cannot be written into it safely",
  "expanded-arg": "the ARG's value reaches the image through an expansion that cannot be written back",
  "broken-reference":
    "the reference is written with a line end, quotes or escapes inside, which an edit would not keep",
  "not-expanded":
    "Docker expands no variables here; give the image a stage of its own (FROM … AS …) to have it followed",
  "no-digest-field": "the file has no field for a digest here, and only a digest would change",
  "digest-only": "only a digest, no tag: nothing says which tag to follow",
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
  // what an edit says
  "edit-not-proved": "after the edit the file did not read back as intended, so nothing was written",
  "workflows-permission":
    "GitHub lets an App change workflow files only with a permission that Oakum does not ask for; `oakum apply` changes it on a checkout",
