package io.graft.modifiers.lora.config;

/** What an adapter is read for, which tells in refusals what cannot be done. */
public enum AdapterUse {
    PUT("put on a model", "use it with the PEFT that saved it", "use it with the PEFT that saved it"),
    MERGE("merged into the weights of a model", "serve it unmerged there", "merge it with the PEFT that saved it"),
    COMBINE("combined with others", "use it as it is", "use it as it is, with the PEFT that saved it"),
    RESIZE("given another rank", "use it as it is", "use it as it is, with the PEFT that saved it");

    private final String done;
    private final String otherwise;
    private final String withPeft;

    AdapterUse(String done, String otherwise, String withPeft) {
        this.done = done;
        this.otherwise = otherwise;
        this.withPeft = withPeft;
    }

    String done() {
        return done;
    }

    String otherwise() {
        return otherwise;
    }

    String withPeft() {
        return withPeft;
    }
}
