package io.graft.model;

/**
 * Whose a tensor of the state dict is that a parametrization owns.
 *
 * @param tensor the parametrized tensor; the first one, where several share it
 * @param adapter the adapter; empty for a storage
 * @param slot the parametrization's name for it
 * @param sharing which weights have it in common
 * @param stem of a storage, the last name that the tensor had when it was parametrized. Slots that begin with it follow the tensor's
 *     name: {@code weight_scale} becomes {@code kernel_scale} with it. Empty for an adapter
 */
public record Owner(String tensor, String adapter, String slot, Sharing sharing, String stem) {
    /** Of a tensor that has its name still. */
    public Owner(String tensor, String adapter, String slot, Sharing sharing) {
        this(tensor, adapter, slot, sharing, adapter.isEmpty() ? DottedPath.last(tensor) : "");
    }

    /** Whether it is saved in the model's file, rather than in one of the adapter's own. */
    public boolean isStorage() {
        return adapter.isEmpty();
    }

    /** The name in the state dict. */
    String name() {
        String module = sharing == Sharing.ADAPTER ? "" : DottedPath.parent(tensor);
        String last = DottedPath.last(tensor);
        if (isStorage()) {
            return in(module, followsStem() ? last + slot.substring(stem.length()) : slot);
        }
        String name = in(module, slot);
        boolean ofItsOwn = sharing == Sharing.TENSOR && !last.equals("weight");
        return (ofItsOwn ? name + "." + last : name) + "." + adapter;
    }

    private boolean followsStem() {
        return slot.startsWith(stem)
                && (slot.length() == stem.length() || "._".indexOf(slot.charAt(stem.length())) >= 0);
    }

    private static String in(String module, String last) {
        return module.isEmpty() ? last : module + "." + last;
    }

    Owner of(String renamed) {
        return new Owner(renamed, adapter, slot, sharing, stem);
    }
}
