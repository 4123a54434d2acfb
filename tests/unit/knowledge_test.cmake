list(APPEND links overture_playbook)
