package com.acme.migrations;

import io.graft.migration.CheckpointMigration;
import io.graft.migration.CheckpointState;
import io.graft.migration.Migration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers layers from the input on, which older code numbered from the output. */
@Migration("acme-count-from-input")
public final class CountFromInput implements CheckpointMigration {
    private static final Pattern LAYER = Pattern.compile("layers\\.(\\d+)\\.(.*)");

    @Override
    public CheckpointState migrate(CheckpointState before) {
        int last = before.requireInt("num_layers") - 1;
        Map<String, String> renamed = new LinkedHashMap<>();
        for (String name : before.tensors().keySet()) {
            Matcher layer = LAYER.matcher(name);
            if (layer.matches()) {
                renamed.put(name, "layers." + (last - Integer.parseInt(layer.group(1))) + "." + layer.group(2));
            }
        }
        return before.renamed(renamed);
    }
}
