package io.graft.model.ref;

/** What {@link CheckpointRefDecoder} accepts, as far as a schema can tell: the settings and what their source says are left out. */
final class CheckpointRefSchema {
    static final String JSON = """
            {
              "oneOf": [
                {
                  "description": "a path, which counts from the file that it is written in, or a URI",
                  "type": ["string", "number", "boolean"],
                  "pattern": "\\\\S"
                },
                {
                  "description": "a path or a URI, which section of the file is meant, and what has to hold",
                  "type": "object",
                  "properties": {
                    "path": {
                      "description": "a file or folder of this machine",
                      "type": ["string", "number", "boolean"],
                      "pattern": "\\\\S"
                    },
                    "uri": {
                      "description": "where it is fetched from",
                      "type": "string",
                      "pattern": "^[A-Za-z][A-Za-z0-9+.-]+:"
                    },
                    "section": {
                      "description": "which of the file's groups of tensors is meant, such as ema; the model's own if not given",
                      "type": ["string", "number", "boolean", "null"],
                      "pattern": "\\\\S"
                    },
                    "sha256": {
                      "description": "the digest of the file, of an index if there is one",
                      "type": ["string", "null"],
                      "pattern": "^\\\\s*([sS][hH][aA]256:)?[0-9A-Fa-f]{64}\\\\s*$"
                    },
                    "attempts": {
                      "description": "how often a download is begun or resumed, the first time included",
                      "type": ["integer", "null"],
                      "minimum": 1,
                      "maximum": 100
                    },
                    "timeout": {
                      "description": "how long all attempts may take together",
                      "type": ["string", "null"],
                      "pattern": "^\\\\s*[+.0-9]+\\\\s*[a-z]+\\\\s*$"
                    },
                    "token": {
                      "description": "proves who asks",
                      "type": ["string", "number", "boolean", "null"],
                      "pattern": "\\\\S",
                      "writeOnly": true
                    },
                    "settings": {
                      "description": "what the source of the URI wants to know",
                      "type": ["object", "null"]
                    }
                  },
                  "patternProperties": {
                    "^max[-_]size$": {
                      "description": "a larger file is refused",
                      "type": ["string", "null"],
                      "pattern": "^\\\\s*[+.0-9]+\\\\s*[A-Za-z]+\\\\s*$"
                    },
                    "^idle[-_]timeout$": {
                      "description": "how long nothing may arrive before an attempt has failed",
                      "type": ["string", "null"],
                      "pattern": "^\\\\s*[+.0-9]+\\\\s*[a-z]+\\\\s*$"
                    },
                    "^allow[-_]pickle$": {
                      "description": "whether a pickle-based file may come from another machine without a digest",
                      "type": ["boolean", "null"]
                    },
                    "^x-": true
                  },
                  "additionalProperties": false,
                  "oneOf": [{ "required": ["path"] }, { "required": ["uri"] }],
                  "allOf": [
                    { "not": { "required": ["max-size", "max_size"] } },
                    { "not": { "required": ["idle-timeout", "idle_timeout"] } },
                    { "not": { "required": ["allow-pickle", "allow_pickle"] } }
                  ]
                }
              ]
            }
            """;

    private CheckpointRefSchema() {}
}
