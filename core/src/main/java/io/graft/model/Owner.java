package io.graft.model;

/**
 * Whose a tensor of the state dict is that a parametrization owns.
 *
 * @param tensor the parametrized tensor; the first one, where several share it
 * @param adapter the adapter; empty for a storage
 * @param slot the parametrization's name for it
 * @param sharing which weights have it in common
 */
public record Owner(String tensor, String adapter, String slot, Sharing sharing) {
    /** Whether it is saved in the model's file, rather than in one of the adapter's own. */
    public boolean isStorage() {
        return adapter.isEmpty();
    }

    /** The name in the state dict. */
    String name() {
        String module = sharing == Sharing.ADAPTER ? "" : DottedPath.parent(tensor);
        String name = module.isEmpty() ? slot : module + "." + slot;
        if (isStorage()) {
            return name;
        }
        String last = DottedPath.last(tensor);
        boolean ofItsOwn = sharing == Sharing.TENSOR && !last.equals("weight");
        return (ofItsOwn ? name + "." + last : name) + "." + adapter;
    }

    Owner of(String renamed) {
        return new Owner(renamed, adapter, slot, sharing);
    }
}
