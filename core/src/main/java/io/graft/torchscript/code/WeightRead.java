package io.graft.torchscript.code;

import java.util.Optional;

/**
 * A place where code reads a field of a module.
 *
 * @param module whose field it is
 * @param product what is computed with it, where that is all that is done with it and products may run beside; empty for anything else
 * @param <M> a module
 */
public record WeightRead<M>(M module, String field, Optional<Product> product) {}
