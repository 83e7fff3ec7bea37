import io.graft.checkpoint.source.CheckpointSource;
import io.graft.source.mlflow.MlflowSource;

/** Checkpoints of MLflow's registry and runs. */
module io.graft.source.mlflow {
    requires io.graft.core;
    requires mlflow.client;
    requires static com.google.auto.service;
    requires static org.jspecify;

    provides CheckpointSource with
            MlflowSource;
}
