/**
 * What a modifier is and what a run is: {@link io.graft.ModelModifier}, {@link io.graft.Modifier}, the context, the plan and the
 * report.
 *
 * <p>Graft's own words, which mean the same everywhere; all others are the field's:
 *
 * <dl>
 *   <dt>model target
 *   <dd>what is modified: a native block of DJL, a TorchScript program, or a checkpoint, which has tensors only
 *   <dt>opener
 *   <dd>a class that opens the model that a configuration names; each kind of model has one
 *   <dt>forward
 *   <dd>one run of a model in inference, inputs to outputs; a checkpoint has none
 *   <dt>modifier
 *   <dd>a class that edits the draft; its options are one record
 *   <dt>binder
 *   <dd>the generated class that makes that record of a HOCON object, and collects all that is wrong with it
 *   <dt>draft
 *   <dd>the model as it will be: names, shapes, dtypes, flags, and where each tensor comes from
 *   <dt>lazy tensor
 *   <dd>a tensor that is known before its data are read or computed
 *   <dt>provenance
 *   <dd>where a tensor's values come from
 *   <dt>plan
 *   <dd>the finished draft with the list of changes, made from headers alone
 *   <dt>commit
 *   <dd>carrying the plan out, on a live model or into files: every change or none
 *   <dt>staged, published
 *   <dd>written where nobody looks; moved to where it was asked for
 *   <dt>roll-back
 *   <dd>making a live model again what it was, after a failure
 *   <dt>report, manifest
 *   <dd>what was done; the same as a file beside the output
 *   <dt>problem
 *   <dd>what is wrong, with code, place, words and cure
 *   <dt>partition
 *   <dd>one of several processes' share in the shards of an output ({@code --partition 2/8}), and its part record
 *   <dt>parametrization
 *   <dd>how a weight is computed from other tensors
 *   <dt>source
 *   <dd>where checkpoints are fetched from: files, web servers, S3, MLflow, earlier runs
 *   <dt>plug
 *   <dd>what a jar brings under an id: a modifier, a model target, an output format, a section or a migration
 *   <dt>extension
 *   <dd>a jar, or a folder of jars, that brings plugs, checkpoint formats or sources
 * </dl>
 *
 * <p>Knows the draft and problems; must not know how a model target commits a plan. Start reading at
 * {@link io.graft.ModelModifier}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft;

import org.apiguardian.api.API;
