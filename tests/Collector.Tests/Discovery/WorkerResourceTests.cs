using HeapDrift.Collector.Discovery;

namespace HeapDrift.Collector.Tests.Discovery;

/// <summary>Who a worker is by its own environment.</summary>
public sealed class WorkerResourceTests
{
    [Theory]
    [InlineData("POD_NAME=shop-1,POD_NAMESPACE=prod,NODE_NAME=n7,CONTAINER_NAME=web,POD_UID=u", "k8s.container.name=web,k8s.namespace.name=prod,k8s.node.name=n7,k8s.pod.name=shop-1,k8s.pod.uid=u")]
    [InlineData("K8S_POD_NAME=shop-1,K8S_NAMESPACE_NAME=prod,K8S_NODE_NAME=n7", "k8s.namespace.name=prod,k8s.node.name=n7,k8s.pod.name=shop-1")]
    [InlineData("KUBERNETES_SERVICE_HOST=10.0.0.1,HOSTNAME=shop-1", "k8s.pod.name=shop-1")]
    [InlineData("KUBERNETES_SERVICE_HOST=10.0.0.1,HOSTNAME=node,POD_NAME=shop-1", "k8s.pod.name=shop-1")]
    [InlineData("HOSTNAME=laptop,NODE_NAME=jenkins-3,CONTAINER_NAME=x", "")]
    [InlineData("POD_NAME=,HOSTNAME=laptop", "")]
    public void APodSaysWhoItIs(string? environment, string expected)
    {
        Dictionary<string, string> variables = $"{environment}".Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(expected, Text(WorkerResource.FromEnvironment(variables)));
    }

    [Fact]
    public void WhatTheResourceAttributesSayWinsOverThePodsVariables() => Assert.Equal("k8s.namespace.name=prod,k8s.pod.name=given", Text(WorkerResource.FromEnvironment(
        new Dictionary<string, string> { ["OTEL_RESOURCE_ATTRIBUTES"] = "k8s.pod.name=given", ["POD_NAME"] = "shop-1", ["POD_NAMESPACE"] = "prod" })));

    [Theory]
    [InlineData("a=1,=2,b,c=,,d=%ZZ%20x,a=3", "a=3,d=%ZZ x")]
    [InlineData(" a = 1 ,b=x=y", "a=1,b=x=y")]
    [InlineData("%%%", "")]
    public void MalformedEntriesAreLeftOut(string attributes, string expected) =>
        Assert.Equal(expected, Text(WorkerResource.FromEnvironment(new Dictionary<string, string> { ["OTEL_RESOURCE_ATTRIBUTES"] = attributes })));

    [Fact]
    public void AWorkerCannotFillTheMemoryOfTheAgent()
    {
        string attributes = string.Join(',', Enumerable.Range(0, 5_000).Select(number => $"key{number}={number}")) + ",long=" + new string('x', 100_000);

        IReadOnlyDictionary<string, string> resource = WorkerResource.FromEnvironment(new Dictionary<string, string> { ["OTEL_RESOURCE_ATTRIBUTES"] = attributes });

        Assert.Equal(128, resource.Count);
        Assert.DoesNotContain("long", resource.Keys);
    }

    private static string Text(IReadOnlyDictionary<string, string> resource) =>
        string.Join(',', resource.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
