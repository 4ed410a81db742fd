/**
 * The rules for the Prometheus Operator: the same text, with its comments, in a manifest of kind PrometheusRule.
 *
 * @param rulesText `groups:` at its beginning, after comments.
 */
export function prometheusRule(rulesText: string): string {
  const indented = rulesText.replace(/^(?=.)/gm, '  ')
  return `# Written by alerts/generate.ts from mysql-drift.rules.yml, for the Prometheus Operator.
# \`metadata.labels\` must be what the ruleSelector of your Prometheus asks for.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: mysql-drift
  labels:
    app.kubernetes.io/name: mysql-drift-exporter
spec:
${indented}`
}
