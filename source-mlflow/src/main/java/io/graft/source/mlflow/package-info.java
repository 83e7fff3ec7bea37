/**
 * Checkpoints among the artifacts of MLflow runs and registered models, with MLflow's Java client.
 *
 * <p>The client tells where an artifact is; its bytes come over HTTP, or through another source. Loads no class of the client
 * before something is fetched. Start reading at {@link io.graft.source.mlflow.MlflowSource}.
 */
package io.graft.source.mlflow;
