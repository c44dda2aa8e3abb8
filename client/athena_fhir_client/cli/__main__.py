"""``python -m athena_fhir_client.cli``, where the command is not on the path."""

from athena_fhir_client.cli.main import main

main()
