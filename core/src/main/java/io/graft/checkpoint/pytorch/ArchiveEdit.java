package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.write.OutputTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a copy of an archive has otherwise beside the values of its tensors. Members are named without the archive's folder: {@code
 * data.pkl}.
 *
 * @param contents members of the archive with other contents; new ones come last, in this order
 * @param storages new members that hold a tensor's bytes, which come last, in this order
 * @param dropped members that the copy lacks
 */
public record ArchiveEdit(Map<String, byte[]> contents, Map<String, OutputTensor> storages, Set<String> dropped) {
    /** Nothing. */
    public static final ArchiveEdit NONE = new ArchiveEdit(Map.of(), Map.of(), Set.of());

    public ArchiveEdit {
        contents = Collections.unmodifiableMap(new LinkedHashMap<>(contents));
        storages = Collections.unmodifiableMap(new LinkedHashMap<>(storages));
        dropped = Set.copyOf(dropped);
    }
}
