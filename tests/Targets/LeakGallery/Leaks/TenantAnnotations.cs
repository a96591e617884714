using System.Runtime.CompilerServices;
using LeakGallery.Hosting;

namespace Saas.Tenants;

internal sealed record Tenant(string Name);

internal sealed record Annotation(string Author, byte[] Drawing);

/// <summary>What belongs to a tenant but not into its class; it goes away with the tenant.</summary>
internal static class TenantExtras
{
    private static readonly ConditionalWeakTable<Tenant, List<Annotation>> Annotations = [];

    public static void Annotate(Tenant tenant, string author)
    {
        var annotation = new Annotation(author, new byte[1200]); // allocates
        Annotations.GetOrCreateValue(tenant).Add(annotation);
    }
}

internal sealed class AnnotationApi : IProgram
{
    private static readonly Tenant[] Tenants = [new("acme"), new("globex"), new("initech")];

    public int RequestsPerSecond => 3000;

    public void Serve(int number) => TenantExtras.Annotate(Tenants[number % Tenants.Length], "somebody"); // allocates
}
