package io.graft.processor.check;

/** Texts that more than one rule prints. */
final class Messages {
    private Messages() {}

    static String missingType(String type) {
        return "`%s` cannot be resolved. If it is generated, see the errors above; otherwise add its dependency."
                .formatted(type);
    }

    static String genericOptions(String display) {
        return "options record `%s` must not be generic.".formatted(display);
    }
}
