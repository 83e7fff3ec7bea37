package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.PickleValue.Item;
import io.graft.checkpoint.pytorch.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.PickleValue.Text;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TorchScript archives, opened for tests. */
public final class TorchScriptArchives {
    private TorchScriptArchives() {}

    /** The tensors of the modules, by their names. */
    public static Checkpoint open(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        Faults faults = new Faults(file.path());
        ZipArchive zip = new ZipDirectoryReader(file).read();
        String pickle = zip.members().keySet().stream()
                .filter(name -> name.endsWith("/data.pkl"))
                .findFirst()
                .orElseThrow();
        String folder = pickle.substring(0, pickle.length() - "data.pkl".length());
        ZipMember member = zip.members().get(pickle);
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        try (ByteCursor cursor = new ByteCursor(zip.open(member), member.size());
                FileChannel channel = file.open()) {
            PickleValue root = new PickleReader(cursor, pickle, faults, PickleLimits.DEFAULT).read();
            TensorResolver resolver = new TensorResolver(
                    (key, wantedBy) -> {
                        ZipMember data = zip.members().get(folder + "data/" + key);
                        return new Storage(
                                file,
                                data.name(),
                                zip.dataOffset(data, channel),
                                data.size(),
                                data.crc(),
                                ByteOrder.LITTLE_ENDIAN);
                    },
                    faults);
            collect("", (Opaque) root, resolver, tensors);
        }
        return new Checkpoint(file.path(), "pytorch", "torchscript", tensors, Map.of(), List.of());
    }

    private static void collect(String prefix, Opaque module, TensorResolver resolver, Map<String, TensorEntry> tensors)
            throws IOException {
        for (Item item : ((Mapping) module.state()).items()) {
            String name = prefix + ((Text) item.key()).value();
            if (item.value() instanceof TensorValue tensor) {
                tensors.put(name, resolver.resolve(name, tensor));
            } else if (item.value() instanceof Opaque child && child.state() instanceof Mapping) {
                collect(name + ".", child, resolver, tensors);
            }
        }
    }
}
