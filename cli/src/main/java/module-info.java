/** The {@code graft} command. Its modifiers are found, those that come with it too. */
module io.graft.cli {
    requires info.picocli;
    requires io.graft.core;
    requires io.graft.modifiers.builtin;
    requires io.graft.modifiers.lora;
    requires tools.jackson.core;
    requires static org.jspecify;

    opens io.graft.cli to
            info.picocli;
    opens io.graft.cli.apply to
            info.picocli;
    opens io.graft.cli.config to
            info.picocli;
    opens io.graft.cli.convert to
            info.picocli;
    opens io.graft.cli.diff to
            info.picocli;
    opens io.graft.cli.doctor to
            info.picocli;
    opens io.graft.cli.featurize to
            info.picocli;
    opens io.graft.cli.inspect to
            info.picocli;
    opens io.graft.cli.map to
            info.picocli;
    opens io.graft.cli.modifiers to
            info.picocli;
    opens io.graft.cli.option to
            info.picocli;
    opens io.graft.cli.output to
            info.picocli;
    opens io.graft.cli.verify to
            info.picocli;
}
