"""What stands in for hypervisor, storage and appliances; everything else in the local cloud is the projects' own code.

These modules run inside the services' processes (their virtual environment), never in janitor's.
"""
