package io.graft.model.rules;

/** What {@link RuleDecoder} accepts, as far as a schema can tell: which tables there are, and what they need, is left out. */
final class RuleSchema {
    static final String JSON = """
            {
              "oneOf": [
                {
                  "description": "the name of a table, such as gemma-3",
                  "type": "string",
                  "pattern": "\\\\S"
                },
                {
                  "description": "a table, and the numbers that it needs",
                  "type": "object",
                  "properties": {
                    "table": { "type": "string", "pattern": "\\\\S" },
                    "inverse": {
                      "description": "whether it is undone: from the names of the running model to those on disk",
                      "type": "boolean"
                    }
                  },
                  "required": ["table"]
                },
                {
                  "description": "another name",
                  "type": "object",
                  "properties": {
                    "type": { "const": "rename" },
                    "from": {
                      "description": "the key of a tensor, or of a module above it, whose remaining key is kept; * stands for one segment or a part of one, **. at the beginning for any depth; re: begins a regular expression for all of it",
                      "type": ["string", "number", "boolean"],
                      "pattern": "\\\\S"
                    },
                    "to": {
                      "description": "the new name; $1 stands for what the first * or group matched",
                      "type": ["string", "number", "boolean"],
                      "pattern": "\\\\S"
                    }
                  },
                  "required": ["from", "to"],
                  "additionalProperties": false
                },
                {
                  "description": "one tensor cut into several along an axis",
                  "type": "object",
                  "properties": {
                    "type": { "const": "split" },
                    "from": { "type": "string", "pattern": "\\\\S" },
                    "to": { "description": "the parts, in order", "type": "array", "items": { "type": "string" }, "minItems": 2 },
                    "axis": { "type": "integer", "minimum": 0, "maximum": 31 },
                    "sizes": {
                      "description": "how large the parts are in relation to each other; all alike if not given",
                      "type": "array",
                      "items": { "type": "integer", "minimum": 1 }
                    }
                  },
                  "required": ["type", "from", "to"],
                  "additionalProperties": false
                },
                {
                  "description": "several tensors, one after the other along an axis",
                  "type": "object",
                  "properties": {
                    "type": { "const": "concatenate" },
                    "from": { "description": "the parts, in order", "type": "array", "items": { "type": "string" }, "minItems": 2 },
                    "to": { "type": "string", "pattern": "\\\\S" },
                    "axis": { "type": "integer", "minimum": 0, "maximum": 31 },
                    "sizes": {
                      "description": "how large the parts are in relation to each other; all alike if not given",
                      "type": "array",
                      "items": { "type": "integer", "minimum": 1 }
                    }
                  },
                  "required": ["type", "from", "to"],
                  "additionalProperties": false
                },
                {
                  "description": "numbered tensors along a new axis, and back; # stands for the numbers",
                  "type": "object",
                  "properties": {
                    "type": { "enum": ["stack", "unstack"] },
                    "from": { "type": "string", "pattern": "\\\\S" },
                    "to": { "type": "string", "pattern": "\\\\S" },
                    "axis": { "type": "integer", "minimum": 0, "maximum": 31 }
                  },
                  "required": ["type", "from", "to"],
                  "additionalProperties": false
                },
                {
                  "description": "the last two axes exchanged",
                  "type": "object",
                  "properties": {
                    "type": { "const": "transpose" },
                    "tensors": { "type": "string", "pattern": "\\\\S" }
                  },
                  "required": ["type", "tensors"],
                  "additionalProperties": false
                },
                {
                  "description": "axes in another order",
                  "type": "object",
                  "properties": {
                    "type": { "const": "permute" },
                    "tensors": { "type": "string", "pattern": "\\\\S" },
                    "axes": { "description": "for each new axis the one that it was", "type": "array", "items": { "type": "integer" } }
                  },
                  "required": ["type", "tensors", "axes"],
                  "additionalProperties": false
                },
                {
                  "description": "the places along an axis, seen as several axes, in another order",
                  "type": "object",
                  "properties": {
                    "type": { "const": "reorder" },
                    "tensors": { "type": "string", "pattern": "\\\\S" },
                    "axis": { "type": "integer", "minimum": 0, "maximum": 31 },
                    "view": { "description": "the lengths; 0 for what is left", "type": "array", "items": { "type": "integer", "minimum": 0 } },
                    "order": { "description": "for each new one the one that it was", "type": "array", "items": { "type": "integer" } }
                  },
                  "required": ["type", "tensors", "view", "order"],
                  "additionalProperties": false
                }
              ]
            }
            """;

    private RuleSchema() {}
}
