package io.graft.processor.check;

import java.util.Locale;

/** Every kind of mistake in the source; the ids are stable and documented. */
public enum MistakeCode {
    // the plug's class
    NOT_A_CLASS,
    SEVERAL_KINDS,
    ABSTRACT_CLASS,
    NOT_ACCESSIBLE,
    INNER_CLASS,
    NO_CONSTRUCTOR,
    AMBIGUOUS_CONSTRUCTOR,
    MISSING_INTERFACE,
    GENERIC_CLASS,
    BAD_ID,
    RESERVED_ID,
    DUPLICATE_ID,
    MISSING_PROVIDES,
    HEAVY_PROVIDER,
    UNMARKED,
    // the options record
    OPTIONS_NOT_RECORD,
    OPTIONS_WITHOUT_BINDER,
    GENERIC_OPTIONS,
    RECURSIVE_OPTIONS,
    DUPLICATE_KEY,
    RESERVED_KEY,
    OWN_KEY,
    BAD_FLATTEN,
    ALIAS_COLLIDES,
    ALIAS_SELF,
    KEY_SYNTAX,
    REMOVED_STILL_PRESENT,
    CHECK_SIGNATURE,
    CHECK_PATH,
    MISSING_DOC,
    DOC_UNKNOWN_PARAM,
    // the type of a component
    UNSUPPORTED_TYPE,
    BAD_DECODER,
    BOXED_PRIMITIVE,
    NULLABLE_COMPONENT,
    OPTIONAL_NESTING,
    RAW_COLLECTION,
    WILDCARD,
    MAP_KEY_TYPE,
    SEALED_OPEN,
    SEALED_NOT_RECORD,
    TAG_DUPLICATE,
    TAG_COLLIDES,
    MISSING_TYPE,
    // its default and constraints
    OPTIONAL_DEFAULT,
    BAD_DEFAULT,
    DEFAULT_UNIT,
    DEFAULT_VIOLATES,
    CONSTRAINT_TYPE,
    EMPTY_RANGE,
    RANGE_PRECISION,
    BAD_PATTERN,
    UNKNOWN_CONSTRAINT,
    SECRET_DEFAULT,
    SECRET_TYPE,
    // the processor itself
    API_LEVEL,
    GENERATED_CLASH,
    UNKNOWN_OPTION,
    INTERNAL;

    /** Whether the program can be compiled nevertheless. */
    public boolean isWarning() {
        return switch (this) {
            case MISSING_DOC,
                    DOC_UNKNOWN_PARAM,
                    UNKNOWN_CONSTRAINT,
                    SECRET_TYPE,
                    HEAVY_PROVIDER,
                    UNMARKED,
                    UNKNOWN_OPTION -> true;
            default -> false;
        };
    }

    /** As messages spell it: {@code bad-id}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
