package io.graft.convert;

import io.graft.checkpoint.pytorch.PytorchStateDict;
import io.graft.checkpoint.safetensors.SafetensorsStateDict;
import io.graft.checkpoint.write.StateDictFormats;
import java.util.List;

/** The formats that this library writes. */
public final class OutputFormats {
    /** All of them; safetensors is the usual one. */
    public static final StateDictFormats BUILT_IN =
            new StateDictFormats(List.of(new SafetensorsStateDict(), new PytorchStateDict()));

    private OutputFormats() {}
}
