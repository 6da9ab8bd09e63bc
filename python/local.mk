# The package's Python files.
dist_referrers_DATA += \
	python/referrers/__init__.py \
	python/referrers/__main__.py \
	python/referrers/_assertions.py \
	python/referrers/_attach.py \
	python/referrers/_chart.py \
	python/referrers/_command.py \
	python/referrers/_core.pyi \
	python/referrers/_denial.py \
	python/referrers/_exchange.py \
	python/referrers/_expression.py \
	python/referrers/_files.py \
	python/referrers/_folder.py \
	python/referrers/_graph.py \
	python/referrers/_grow_command.py \
	python/referrers/_growth.py \
	python/referrers/_heap.py \
	python/referrers/_heap_task.py \
	python/referrers/_help.py \
	python/referrers/_inject.py \
	python/referrers/_instances.py \
	python/referrers/_loader.py \
	python/referrers/_mark.py \
	python/referrers/_json.py \
	python/referrers/_networkx.py \
	python/referrers/_notebook.py \
	python/referrers/_options.py \
	python/referrers/_output.py \
	python/referrers/_picture.py \
	python/referrers/_process.py \
	python/referrers/_program.py \
	python/referrers/_redact.py \
	python/referrers/_render.py \
	python/referrers/_request.py \
	python/referrers/_resolve.py \
	python/referrers/_signals.py \
	python/referrers/_survey.py \
	python/referrers/_sphinx_child.py \
	python/referrers/_sphinx_nodes.py \
	python/referrers/_sphinx_run.py \
	python/referrers/_task.py \
	python/referrers/_terminal.py \
	python/referrers/_umbrella.py \
	python/referrers/_version.py \
	python/referrers/_visit.py \
	python/referrers/_watch.py \
	python/referrers/_why.py \
	python/referrers/_workers.py \
	python/referrers/dot.py \
	python/referrers/py.typed \
	python/referrers/pytest_plugin.py \
	python/referrers/sphinxext.py

# The commands under names of their own; they know where the package is.  (In
# python/ there is a directory called referrers.)
commands = python/command/referrers python/command/referrers-dot
bin_SCRIPTS += $(commands)
EXTRA_DIST += python/command/referrers.in python/command/referrers-dot.in
CLEANFILES += $(commands)

python/command/referrers: python/command/referrers.in
python/command/referrers-dot: python/command/referrers-dot.in

$(commands): Makefile
	$(AM_V_at)$(MKDIR_P) python/command
	$(AM_V_GEN)sed -e 's,[@]PYTHON[@],$(PYTHON),g' \
	    -e 's,[@]pythondir[@],$(pythondir),g' \
	    '$(srcdir)/$@.in' >$@ && chmod +x $@

# What importlib.metadata reads: the version, and that pytest has a plugin here.
# (No RECORD: `make uninstall` takes away what `make install` brought.)
metadatadir = $(pythondir)/referrers-$(PACKAGE_VERSION).dist-info
nodist_metadata_DATA = python/METADATA python/INSTALLER python/entry_points.txt
CLEANFILES += $(nodist_metadata_DATA)

python/METADATA: Makefile
	$(AM_V_at)$(MKDIR_P) python
	$(AM_V_GEN)printf 'Metadata-Version: 2.1\nName: referrers\nVersion: %s\n' \
	    '$(PACKAGE_VERSION)' >$@

python/INSTALLER: Makefile
	$(AM_V_at)$(MKDIR_P) python
	$(AM_V_GEN)echo make >$@

python/entry_points.txt: Makefile
	$(AM_V_at)$(MKDIR_P) python
	$(AM_V_GEN)printf '[pytest11]\nreferrers = referrers.pytest_plugin\n' >$@
