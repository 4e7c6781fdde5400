{% this is a template %}
