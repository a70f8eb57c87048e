# Airflow's own image, the requirements of this package and a copy of its code.
# The version equals the pin in requirements-dev.txt (a test compares them).
FROM apache/airflow:3.3.2-python3.12

# The command names Airflow too, so pip refuses a requirement that would replace it. The base image's
# own constraints keep every other package at the version that Airflow was released with.
# https://airflow.apache.org/docs/docker-stack/build.html
COPY requirements.txt /requirements.txt
RUN pip install --no-cache-dir \
        "apache-airflow==${AIRFLOW_VERSION}" \
        --requirement /requirements.txt \
        --constraint "${HOME}/constraints.txt"

COPY --chown=airflow:root include /opt/airflow/include
COPY --chown=airflow:root plugins /opt/airflow/plugins
COPY --chown=airflow:root dags /opt/airflow/dags
