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
    private static final String WEIGHT = "weight";

    /** Whether it is saved in the model's file, rather than in one of the adapter's own. */
    public boolean isStorage() {
        return adapter.isEmpty();
    }

    /** The name in the state dict. */
    String name() {
        int last = tensor.lastIndexOf('.') + 1;
        // One text for each of what may be a hundred thousand tensors, and none on the way to it.
        StringBuilder name = new StringBuilder(tensor.length() + slot.length() + adapter.length() + 2);
        name.append(tensor, 0, sharing == Sharing.ADAPTER ? 0 : last).append(slot);
        if (isStorage()) {
            return name.toString();
        }
        boolean isWeight = tensor.endsWith(WEIGHT) && tensor.length() == last + WEIGHT.length();
        if (sharing == Sharing.TENSOR && !isWeight) {
            name.append('.').append(tensor, last, tensor.length());
        }
        return name.append('.').append(adapter).toString();
    }

    Owner of(String renamed) {
        return new Owner(renamed, adapter, slot, sharing);
    }
}
