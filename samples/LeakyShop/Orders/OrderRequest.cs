namespace Shop.Orders;

/// <summary>Everything has a default, so that <c>curl -X POST</c> without a body is an order too.</summary>
internal sealed record OrderRequest(string Customer = "ada", int ProductId = 1, int Quantity = 1);
