package io.graft.processor.model;

/** The values that core decodes by itself. */
public enum ScalarKind {
    BOOLEAN("boolean", "Boolean", "a boolean"),
    BYTE("byte", "Byte", "a byte"),
    SHORT("short", "Short", "a short"),
    INT("int", "Integer", "an int"),
    LONG("long", "Long", "a long"),
    FLOAT("float", "Float", "a float"),
    DOUBLE("double", "Double", "a double"),
    STRING("String", "String", "a String"),
    PATH("Path", "Path", "a Path"),
    URI("URI", "URI", "a URI"),
    PATTERN("Pattern", "Pattern", "a Pattern"),
    DURATION("Duration", "Duration", "a Duration"),
    DATA_SIZE("DataSize", "DataSize", "a DataSize");

    private final String javaName;
    private final String boxedName;
    private final String withArticle;

    ScalarKind(String javaName, String boxedName, String withArticle) {
        this.javaName = javaName;
        this.boxedName = boxedName;
        this.withArticle = withArticle;
    }

    /** As a component declares it. */
    public String javaName() {
        return javaName;
    }

    /** As a type argument. */
    public String boxedName() {
        return boxedName;
    }

    /** For messages: {@code an int}. */
    public String withArticle() {
        return withArticle;
    }

    /** Whether it is a primitive type. */
    public boolean isPrimitive() {
        return !javaName.equals(boxedName);
    }

    /** Whether it is a number. */
    public boolean isNumber() {
        return isPrimitive() && this != BOOLEAN;
    }
}
