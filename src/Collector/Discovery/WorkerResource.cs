namespace HeapDrift.Collector.Discovery;

/// <summary>
/// The OpenTelemetry resource of a worker, from its own environment (OpenTelemetry specification, resource SDK: comma-separated
/// <c>key=value</c>, values percent-encoded; <c>OTEL_SERVICE_NAME</c> wins). What is malformed is left out, and the rest counts. Where a
/// pod says who it is in the variables that manifests usually give it (Kubernetes, downward API), that fills what is missing.
/// </summary>
internal static class WorkerResource
{
    public const string InstanceId = "service.instance.id";

    public const string ServiceName = "service.name";

    public const string ServiceVersion = "service.version";

    private const string PodName = "k8s.pod.name";

    /// <summary>Bounds on what a worker may put into the agent's memory and metrics; SDKs cut at 128 attributes too.</summary>
    private const int MostAttributes = 128;
    private const int MostCharacters = 1024;

    /// <summary>Set by the kubelet in every container (kubernetes.io, "Environment variables" of services), services or not.</summary>
    private const string KubernetesMark = "KUBERNETES_SERVICE_HOST";

    private static readonly (string Attribute, string[] Variables)[] PodVariables =
    [
        (PodName, ["POD_NAME", "K8S_POD_NAME"]),
        ("k8s.pod.uid", ["POD_UID", "K8S_POD_UID"]),
        ("k8s.namespace.name", ["POD_NAMESPACE", "K8S_POD_NAMESPACE", "K8S_NAMESPACE_NAME", "K8S_NAMESPACE"]),
        ("k8s.node.name", ["NODE_NAME", "K8S_NODE_NAME"]),
        ("k8s.container.name", ["CONTAINER_NAME", "K8S_CONTAINER_NAME"]),
    ];

    public static IReadOnlyDictionary<string, string> FromEnvironment(IReadOnlyDictionary<string, string>? environment)
    {
        var resource = new Dictionary<string, string>(StringComparer.Ordinal);
        if (environment is null)
        {
            return resource;
        }

        AddAttributes(resource, environment.GetValueOrDefault("OTEL_RESOURCE_ATTRIBUTES", ""));
        if (environment.GetValueOrDefault("OTEL_SERVICE_NAME") is { Length: > 0 and <= MostCharacters } name)
        {
            resource[ServiceName] = name;
        }

        AddPod(resource, environment);
        return resource;
    }

    private static void AddAttributes(Dictionary<string, string> resource, string pairs)
    {
        foreach (string pair in pairs.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                continue;
            }

            string key = pair[..equals].Trim();
            string value = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
            if (key.Length is > 0 and <= MostCharacters && value.Length is > 0 and <= MostCharacters && resource.Count < MostAttributes)
            {
                resource[key] = value;
            }
        }
    }

    /// <summary>Outside of a pod NODE_NAME and its like mean other things, to a build server for instance.</summary>
    private static void AddPod(Dictionary<string, string> resource, IReadOnlyDictionary<string, string> environment)
    {
        bool isMarked = environment.ContainsKey(KubernetesMark);
        if (!isMarked && First(environment, ["POD_NAME", "K8S_POD_NAME"]) is null)
        {
            return;
        }

        foreach ((string attribute, string[] variables) in PodVariables)
        {
            if (First(environment, variables) is { } value)
            {
                resource.TryAdd(attribute, value);
            }
        }

        // The name of the host is that of the pod, unless the pod has the network of its node or a name of its own.
        if (isMarked && First(environment, ["HOSTNAME"]) is { } host)
        {
            resource.TryAdd(PodName, host);
        }
    }

    private static string? First(IReadOnlyDictionary<string, string> environment, string[] variables) =>
        variables.Select(name => environment.GetValueOrDefault(name)).FirstOrDefault(value => value is { Length: > 0 and <= MostCharacters });
}
