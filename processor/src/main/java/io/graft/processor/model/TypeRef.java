package io.graft.processor.model;

import java.util.List;

/**
 * A class by name.
 *
 * @param packageName empty for the unnamed package
 * @param simpleNames from the outermost class inwards
 */
public record TypeRef(String packageName, List<String> simpleNames) {
    public TypeRef {
        simpleNames = List.copyOf(simpleNames);
    }

    /** The class that is generated beside this one, in its package and at top level: {@code Outer_Inner_Binder}. */
    public TypeRef beside(String suffix) {
        return new TypeRef(packageName, List.of(String.join("_", simpleNames) + suffix));
    }

    /** The class at top level that it is or is nested in. */
    public TypeRef outermost() {
        return new TypeRef(packageName, simpleNames.subList(0, 1));
    }

    /** The innermost name. */
    public String simpleName() {
        return simpleNames.get(simpleNames.size() - 1);
    }

    /** As the source writes it, with dots throughout. */
    public String canonicalName() {
        return qualified(".");
    }

    /** As the class loader writes it, with {@code $} between nested classes. */
    public String binaryName() {
        return qualified("$");
    }

    private String qualified(String separator) {
        String nested = String.join(separator, simpleNames);
        return packageName.isEmpty() ? nested : packageName + "." + nested;
    }
}
