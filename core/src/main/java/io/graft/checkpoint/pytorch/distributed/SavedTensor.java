package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import java.util.List;
import java.util.Optional;

/**
 * What {@code .metadata} says of a tensor.
 *
 * @param name its full name
 * @param type PyTorch's name of the type of its elements
 * @param isTrained whether it was saved as one that takes a gradient
 * @param size elements per dimension
 * @param chunks its parts
 */
record SavedTensor(String name, Optional<Global> type, boolean isTrained, List<Long> size, List<Chunk> chunks) {}
