package io.graft.djl.program;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.graft.ModuleForward;
import io.graft.NamedTensor;
import io.graft.Plan;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.run.BlockModuleForward;
import io.graft.djl.run.ForwardPass;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptOutputs;
import io.graft.torchscript.code.CodeRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** A program, run for what one of its modules gives, which methods of an edited copy tell after each run. */
final class ScriptModuleForward implements ModuleForward {
    private final ForwardPass pass;
    private final Model model;
    private final String module;
    private final List<String> methods;
    private float runs;

    private ScriptModuleForward(ForwardPass pass, Model model, String module, List<String> methods) {
        this.pass = pass;
        this.model = model;
        this.module = module;
        this.methods = methods;
    }

    /**
     * @throws io.graft.djl.forward.BlockModelException if the code of the program cannot be edited so, or not be run then
     */
    static ScriptModuleForward of(ScriptRun run, String module) {
        try {
            Optional<Plan> plan = run.folded();
            if (plan.isEmpty()) {
                return of(run.archive(), module);
            }
            try (EditedFile edited = EditedFile.write(run.archive(), plan.get(), run.watch())) {
                return of(ScriptArchive.read(Checkpoint.open(edited.path())), module);
            }
        } catch (CodeRefusal refusal) {
            throw BlockModuleForward.refused(
                    "what `" + module + "` gives cannot be looked at: " + refusal.getMessage(),
                    "name another module, such as one in it, or make the model by a block factory");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static ScriptModuleForward of(ScriptArchive archive, String module) throws IOException {
        ScriptOutputs outputs = ScriptOutputs.of(archive, module);
        try (EditedFile file = EditedFile.write(outputs::write)) {
            Model model = ScriptRun.load(file.path(), List.of());
            return new ScriptModuleForward(ScriptRun.pass(model, archive), model, module, outputs.methods());
        }
    }

    @Override
    public List<NamedTensor> run(List<NamedTensor> inputs) {
        return pass.run(inputs, (outputs, call) -> {
            try (NDManager scope = model.getNDManager().newSubManager()) {
                requireOneRun(call(ScriptOutputs.RUNS, scope).getFloat());
                NDList given = new NDList();
                methods.forEach(method -> given.add(call(method, scope)));
                return ForwardPass.outputs(given, String::valueOf);
            }
        });
    }

    private void requireOneRun(float now) {
        int times = (int) (now - runs);
        runs = now;
        if (times != 1) {
            throw BlockModuleForward.notOnce(module, times);
        }
    }

    /** DJL calls the method that an input is named after. */
    private NDArray call(String method, NDManager scope) {
        NDArray marker = scope.create(0f);
        marker.setName("module_method:" + method);
        Block program = model.getBlock();
        return program.forward(new ParameterStore(scope, false), new NDList(marker), false)
                .singletonOrThrow();
    }

    @Override
    public void close() {
        model.close();
    }
}
