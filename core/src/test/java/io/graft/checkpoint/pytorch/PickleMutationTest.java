package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.TorchFiles.fixture;

import io.graft.checkpoint.Mutations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Damage in one member of an archive, with a right checksum, so that it gets past the container. */
@Tag("slow")
class PickleMutationTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "torch/corners.pt, corners/data.pkl",
        "torch/more.pt, more/data.pkl",
        "torch/module.pt, module/data.pkl",
        "torch/wrapped.pt, wrapped/data.pkl",
        "torch/lightning-parameters.ckpt, lightning-parameters/data.pkl",
        "torchscript/scripted.pt, scripted/data.pkl",
        "torchscript/scripted.pt, scripted/code/__torch__.py",
        "torchscript/frozen.pt, frozen/constants.pkl",
        "torch/odd-kinds.pt, odd-kinds/data.pkl",
        "torch/exported.pt2, exported/data/weights/model_weights_config.json"
    })
    void damagedMembers(String fixture, String damaged) throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(fixture(fixture).toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                members.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
            }
        }
        Mutations.readAll(
                members.get(damaged),
                fixture.hashCode(),
                bad -> {
                    Zip zip = new Zip();
                    members.forEach((name, content) -> zip.stored(name, name.equals(damaged) ? bad : content));
                    return zip.build();
                },
                folder.resolve("mutated.pt"));
    }
}
