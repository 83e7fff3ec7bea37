def project = io.graft.cli.OutsideProject.at(basedir.toPath())
project.copy('examples/fine-tuning')
project.linkBeside('cli/target/graft-1.0.0')
