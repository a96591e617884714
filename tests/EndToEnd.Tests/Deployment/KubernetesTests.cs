using System.Text.Json.Nodes;
using HeapDrift.TestKit;
using k8s;
using k8s.Models;

namespace HeapDrift.EndToEnd.Tests.Deployment;

/// <summary>The manifests by the API's own schema: the official client's types, which take no field that they do not know.</summary>
public sealed class KubernetesTests
{
    private static readonly string[] Capabilities = ["SYS_PTRACE", "DAC_OVERRIDE", "SETUID", "SETGID", "KILL"];

    [Theory]
    [InlineData("agent-daemonset.yaml", 6)]
    [InlineData("sidecar.yaml", 1)]
    [InlineData("package.yaml", 1)]
    public void ManifestsFitTheSchemaStrictly(string file, int objects) => Assert.Equal(objects, Load(file).Count);

    [Fact]
    public void AFieldThatTheSchemaDoesNotKnowIsRefused() => Assert.ThrowsAny<Exception>(() =>
        KubernetesYaml.LoadAllFromString(Text("sidecar.yaml").Replace("shareProcessNamespace", "shareProcessNamespaces", StringComparison.Ordinal), strict: true));

    [Fact]
    public void TheNodeAgentHasFiveCapabilitiesAndNothingElse()
    {
        V1PodSpec pod = Load("agent-daemonset.yaml").OfType<V1DaemonSet>().Single().Spec.Template.Spec;
        V1SecurityContext context = pod.Containers.Single().SecurityContext;

        Assert.True(pod.HostPID);
        Assert.Null(pod.HostNetwork);
        Assert.Null(context.Privileged);
        Assert.Equal((0, false, true), (context.RunAsUser, context.AllowPrivilegeEscalation, context.ReadOnlyRootFilesystem));
        Assert.Equal(["ALL"], context.Capabilities.Drop);
        Assert.Equal(Capabilities, context.Capabilities.Add);
    }

    [Theory]
    [InlineData("sidecar.yaml")]
    [InlineData("package.yaml")]
    public void SidecarAndPackageHaveNoRightAtAll(string file)
    {
        V1PodSpec pod = Load(file).OfType<V1Deployment>().Single().Spec.Template.Spec;

        Assert.Null(pod.HostPID);
        Assert.Equal((1654, true), (pod.SecurityContext.RunAsUser, pod.SecurityContext.RunAsNonRoot));
        Assert.Equal(file == "sidecar.yaml", pod.ShareProcessNamespace == true);
        Assert.All(Containers(pod), container =>
        {
            Assert.Null(container.SecurityContext.RunAsUser);
            Assert.Null(container.SecurityContext.Capabilities.Add);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Equal((false, true), (container.SecurityContext.AllowPrivilegeEscalation, container.SecurityContext.ReadOnlyRootFilesystem));
        });
    }

    [Theory]
    [InlineData("agent-daemonset.yaml")]
    [InlineData("sidecar.yaml")]
    [InlineData("package.yaml")]
    public void PodsAreWholeInThemselves(string file)
    {
        V1PodTemplateSpec template = Load(file).OfType<V1DaemonSet>().Select(set => set.Spec.Template).Concat(Load(file).OfType<V1Deployment>().Select(deployment => deployment.Spec.Template)).Single();
        string[] volumes = [.. template.Spec.Volumes.Select(volume => volume.Name)];

        Assert.False(template.Spec.AutomountServiceAccountToken);
        Assert.Equal("RuntimeDefault", template.Spec.SecurityContext.SeccompProfile.Type);
        Assert.Equal(volumes.Order(StringComparer.Ordinal), Containers(template.Spec).SelectMany(container => container.VolumeMounts).Select(mount => mount.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Containers(template.Spec), container =>
        {
            Assert.Matches(@":\d+\.\d+\.\d+$", container.Image);
            V1Probe probe = container.ReadinessProbe ?? container.LivenessProbe;
            Assert.Contains(container.Ports, port => port.Name == probe.HttpGet.Port.Value);
            Assert.NotNull(container.Resources.Limits["memory"]);
        });
    }

    /// <summary>A pod is ready when all of its containers are: an agent that is slow to answer would take the service off the network.</summary>
    [Fact]
    public void ASidecarHasNoSayInWhetherItsServiceIsReady()
    {
        V1PodSpec pod = Load("sidecar.yaml").OfType<V1Deployment>().Single().Spec.Template.Spec;

        Assert.All(pod.InitContainers, sidecar => Assert.Equal(("Always", null), (sidecar.RestartPolicy, sidecar.ReadinessProbe)));
        Assert.All(pod.Containers, service => Assert.NotNull(service.ReadinessProbe));
    }

    [Fact]
    public void OnlyOneNamespaceReachesTheNodeAgents()
    {
        V1NetworkPolicySpec policy = Load("agent-daemonset.yaml").OfType<V1NetworkPolicy>().Single().Spec;
        V1PodTemplateSpec agent = Load("agent-daemonset.yaml").OfType<V1DaemonSet>().Single().Spec.Template;
        V1NetworkPolicyIngressRule rule = Assert.Single(policy.Ingress);

        Assert.Equal(agent.Metadata.Labels, policy.PodSelector.MatchLabels);
        Assert.Equal(["Ingress"], policy.PolicyTypes);
        Assert.Equal("kubernetes.io/metadata.name", Assert.Single(Assert.Single(rule.FromProperty).NamespaceSelector.MatchLabels).Key);
        Assert.Contains(agent.Spec.Containers.Single().Ports, port => port.Name == Assert.Single(rule.Ports).Port.Value);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("deploy/kubernetes/agent-daemonset.yaml")]
    public void TheSecretThatOneIsToldToMakeIsTheOneThatIsMounted(string file)
    {
        V1PodSpec agent = Load("agent-daemonset.yaml").OfType<V1DaemonSet>().Single().Spec.Template.Spec;
        string secret = agent.Volumes.Single(volume => volume.Secret is not null).Secret.SecretName;

        Assert.Contains($"kubectl -n heapdrift create secret generic {secret} --from-literal=token=", File.ReadAllText(RepositoryPaths.File(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void SelectorsFindTheirPods()
    {
        List<object> objects = Load("agent-daemonset.yaml");
        V1DaemonSet agent = objects.OfType<V1DaemonSet>().Single();
        JsonNode monitor = ShippedYaml.Load("deploy", "kubernetes", "podmonitor.yaml");
        IDictionary<string, string> labels = agent.Spec.Template.Metadata.Labels;

        Assert.Equal(labels, agent.Spec.Selector.MatchLabels);
        Assert.Equal(labels, objects.OfType<V1Service>().Single().Spec.Selector);
        Assert.Equal("None", objects.OfType<V1Service>().Single().Spec.ClusterIP);
        Assert.Equal(("monitoring.coreos.com/v1", "PodMonitor"), ((string)monitor["apiVersion"]!, (string)monitor["kind"]!));
        Assert.Equal("heapdrift", (string)monitor["spec"]!["selector"]!["matchLabels"]!["app.kubernetes.io/name"]!);
        Assert.Equal(["heapdrift"], monitor["spec"]!["namespaceSelector"]!["matchNames"].Texts());
        JsonNode endpoint = monitor["spec"]!["podMetricsEndpoints"]!.AsArray().Single()!;
        Assert.Contains(agent.Spec.Template.Spec.Containers.Single().Ports, port => port.Name == (string)endpoint["port"]!);
        Assert.Contains(endpoint["relabelings"]!.AsArray(), rule => (string?)rule!["targetLabel"] == "job" && (string?)rule["replacement"] == "heapdrift");

        // An alert with the agent's pod and the worker's would be about nobody.
        Assert.Contains(endpoint["relabelings"]!.AsArray(), rule => (string?)rule!["action"] == "labeldrop" && ((string)rule["regex"]!).Split('|').Contains("pod"));
    }

    [Fact]
    public async Task ARealAgentStartsWithTheSettingsOfTheConfigMap()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("token"), "0123456789abcdef0123", TestContext.Current.CancellationToken);
        string settings = Load("agent-daemonset.yaml").OfType<V1ConfigMap>().Single().Data["appsettings.json"]
            .Replace("/var/lib/heapdrift", folder.File("reports"), StringComparison.Ordinal)
            .Replace("/run/heapdrift/token", folder.File("token"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("appsettings.json"), settings, TestContext.Current.CancellationToken);
        await using ChildProcess agent = ChildProcess.Start(new ChildProcessStart(RepositoryPaths.HeapDrift, "agent", "--urls", $"http://0.0.0.0:{Shop.FreePort()}") { WorkingDirectory = folder.Path });

        await agent.WaitForLineAsync(line => line.Contains("is watched", StringComparison.Ordinal), HeapDriftTool.Deadline);
    }

    [Fact]
    public async Task PrometheusTakesTheScrapeConfiguration()
    {
        // Debian's Prometheus is built without the discovery of Kubernetes: what it finds is put in its place.
        using var folder = new TemporaryFolder();
        string shipped = Text("prometheus-scrape.yaml");
        string known = shipped.Replace("kubernetes_sd_configs:\n      - role: pod", "static_configs:\n      - targets: [\"127.0.0.1:9464\"]", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("scrape.yaml"), known, TestContext.Current.CancellationToken);

        ProcessResult result = await ChildProcess.RunAsync(new ChildProcessStart("promtool", "check", "config", folder.File("scrape.yaml")), HeapDriftTool.Deadline);

        Assert.Contains("- role: pod", shipped, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Stdout + result.Stderr);
    }

    private static IEnumerable<V1Container> Containers(V1PodSpec pod) => pod.Containers.Concat(pod.InitContainers ?? []);

    private static List<object> Load(string file) => KubernetesYaml.LoadAllFromString(Text(file), strict: true);

    private static string Text(string file) => File.ReadAllText(RepositoryPaths.File("deploy", "kubernetes", file));
}
